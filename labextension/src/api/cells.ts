import { Requests } from './requests';
import type {
  CellChangesAnswer,
  CellChangesRequest,
  CellRunsAnswer,
  CellRunsRequest
} from '../wire';

/** What is asked about the cells of notebooks and their runs. */
export interface ICellsApi {
  /** The runs that cells made. */
  runs(request: CellRunsRequest, signal?: AbortSignal): Promise<CellRunsAnswer>;
  /** How a cell has changed since a run. */
  changes(request: CellChangesRequest): Promise<CellChangesAnswer>;
}

/** Asks tracker's routes about cells. */
export class CellsApi extends Requests implements ICellsApi {
  runs(
    request: CellRunsRequest,
    signal?: AbortSignal
  ): Promise<CellRunsAnswer> {
    return this.post(['cells', 'runs'], request, signal);
  }

  changes(request: CellChangesRequest): Promise<CellChangesAnswer> {
    return this.post(['cells', 'changes'], request);
  }
}
