import type { ICommandPalette, IPaletteItem } from '@jupyterlab/apputils';
import { ModalCommandPalette } from '@jupyterlab/apputils';
import { CommandPaletteSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { CommandPalette } from '@lumino/widgets';

/** Every command of the page, found by typing; as JupyterLab shows them. */
export class PagePalette implements ICommandPalette {
  constructor(commands: CommandRegistry) {
    const renderer = CommandPaletteSvg.defaultRenderer;
    this._palette = new CommandPalette({ commands, renderer });
    this._palette.id = 'command-palette';
    this._modal = new ModalCommandPalette({ commandPalette: this._palette });
  }

  get placeholder(): string {
    return this._palette.inputNode.placeholder;
  }

  set placeholder(placeholder: string) {
    this._palette.inputNode.placeholder = placeholder;
    this._palette.inputNode.setAttribute('aria-label', placeholder);
  }

  activate(): void {
    this._modal.attach();
    this._palette.refresh();
    this._modal.activate();
  }

  addItem(options: IPaletteItem): IDisposable {
    const item = this._palette.addItem(options);
    return new DisposableDelegate(() => this._palette.removeItem(item));
  }

  private readonly _palette: CommandPalette;
  private readonly _modal: ModalCommandPalette;
}
