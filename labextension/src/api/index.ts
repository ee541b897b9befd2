import { URLExt } from '@jupyterlab/coreutils';

import { Requests, ROOT } from './requests';
import type {
  ArtifactsAnswer,
  CompareAnswer,
  CompareRequest,
  EditAnswer,
  EditRequest,
  ExperimentsAnswer,
  GroupsAnswer,
  GroupsRequest,
  FieldsAnswer,
  HistoryAnswer,
  ForgetStoreAnswer,
  ForgetStoreRequest,
  HistoryRequest,
  ImportanceAnswer,
  ImportanceRequest,
  OpenStoreAnswer,
  OpenStoreRequest,
  SearchAnswer,
  SearchRequest,
  StoresAnswer,
  ValuesAnswer
} from '../wire';

/** The one client of the server: every URL, typed. Methods reject with `ApiError` or AbortError. */
export interface IApi {
  /** Which store belongs to a folder, and its experiments. */
  experiments(folder: string, signal?: AbortSignal): Promise<ExperimentsAnswer>;
  /** A page of runs. */
  searchRuns(
    request: SearchRequest,
    signal?: AbortSignal
  ): Promise<SearchAnswer>;
  /** Runs in groups, with the mean and spread of metrics. */
  groups(request: GroupsRequest, signal?: AbortSignal): Promise<GroupsAnswer>;
  /** Rename, tag, delete or restore runs. */
  editRuns(request: EditRequest): Promise<EditAnswer>;
  /** How runs differ: their facts, code and outputs. */
  compareRuns(
    request: CompareRequest,
    signal?: AbortSignal
  ): Promise<CompareAnswer>;
  /** How much params matter for a metric, as a forest tells. */
  importance(
    request: ImportanceRequest,
    signal?: AbortSignal
  ): Promise<ImportanceAnswer>;
  /** Points of metrics. */
  history(
    request: HistoryRequest,
    signal?: AbortSignal
  ): Promise<HistoryAnswer>;
  /** One folder of a run's artifacts. */
  artifacts(
    folder: string,
    runId: string,
    path: string,
    signal?: AbortSignal
  ): Promise<ArtifactsAnswer>;
  /** The bytes of one artifact. */
  artifact(
    folder: string,
    runId: string,
    path: string,
    signal?: AbortSignal
  ): Promise<Blob>;
  /** What a filter can ask about. */
  fields(folder: string, signal?: AbortSignal): Promise<FieldsAnswer>;
  /** Values of a field that contain what was typed. */
  values(
    folder: string,
    field: string,
    typed: string,
    signal?: AbortSignal
  ): Promise<ValuesAnswer>;
  /** Which stores there are to choose from. */
  listStores(folder: string, signal?: AbortSignal): Promise<StoresAnswer>;
  /** Open a store by its path or URL. */
  openStore(location: string): Promise<OpenStoreAnswer>;
  /** Offer an opened store no more. */
  forgetStore(folder: string): Promise<ForgetStoreAnswer>;
  /** Open the channel that tells what changed. */
  openLive(folder: string): WebSocket;
}

/** Talks to tracker's routes on the Jupyter server that served this page. */
export class Api extends Requests implements IApi {
  experiments(
    folder: string,
    signal?: AbortSignal
  ): Promise<ExperimentsAnswer> {
    return this.get(['experiments'], { folder }, signal);
  }

  searchRuns(
    request: SearchRequest,
    signal?: AbortSignal
  ): Promise<SearchAnswer> {
    return this.post(['runs', 'search'], request, signal);
  }

  groups(request: GroupsRequest, signal?: AbortSignal): Promise<GroupsAnswer> {
    return this.post(['runs', 'groups'], request, signal);
  }

  editRuns(request: EditRequest): Promise<EditAnswer> {
    return this.post(['runs', 'edit'], request);
  }

  compareRuns(
    request: CompareRequest,
    signal?: AbortSignal
  ): Promise<CompareAnswer> {
    return this.post(['runs', 'compare'], request, signal);
  }

  importance(
    request: ImportanceRequest,
    signal?: AbortSignal
  ): Promise<ImportanceAnswer> {
    return this.post(['runs', 'importance'], request, signal);
  }

  history(
    request: HistoryRequest,
    signal?: AbortSignal
  ): Promise<HistoryAnswer> {
    return this.post(['metrics', 'history'], request, signal);
  }

  artifacts(
    folder: string,
    runId: string,
    path: string,
    signal?: AbortSignal
  ): Promise<ArtifactsAnswer> {
    return this.get(['runs', runId, 'artifacts'], { folder, path }, signal);
  }

  async artifact(
    folder: string,
    runId: string,
    path: string,
    signal?: AbortSignal
  ): Promise<Blob> {
    const url = this.url(['runs', runId, 'artifact'], { folder, path });
    return (await this.request(url, { signal })).blob();
  }

  fields(folder: string, signal?: AbortSignal): Promise<FieldsAnswer> {
    return this.get(['fields'], { folder }, signal);
  }

  values(
    folder: string,
    field: string,
    typed: string,
    signal?: AbortSignal
  ): Promise<ValuesAnswer> {
    return this.get(['fields', 'values'], { folder, field, typed }, signal);
  }

  listStores(folder: string, signal?: AbortSignal): Promise<StoresAnswer> {
    return this.get(['stores'], { folder }, signal);
  }

  openStore(location: string): Promise<OpenStoreAnswer> {
    const request: OpenStoreRequest = { location };
    return this.post(['stores', 'open'], request);
  }

  forgetStore(folder: string): Promise<ForgetStoreAnswer> {
    const request: ForgetStoreRequest = { folder };
    return this.post(['stores', 'forget'], request);
  }

  openLive(folder: string): WebSocket {
    const { wsUrl, token, appendToken, WebSocket } = this.settings;
    const query: Record<string, string> = { folder };
    if (appendToken && token) {
      query.token = token;
    }
    return new WebSocket(
      URLExt.join(wsUrl, ROOT, 'live') + URLExt.objectToQueryString(query)
    );
  }
}
