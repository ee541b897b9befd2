// Put into every page before its own scripts: what measures there, on the page's own clock.
window.bench = (() => {
  /** Wait until a condition holds in a frame, and that frame is painted; return the time. */
  function painted(holds) {
    const deadline = performance.now() + 30_000;
    return new Promise((resolve, reject) => {
      const look = () => {
        if (performance.now() > deadline) {
          reject(new Error(`not within 30 s: ${holds}`));
          return;
        }
        if (!holds()) {
          requestAnimationFrame(look);
          return;
        }
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      };
      requestAnimationFrame(look);
    });
  }

  /** Do something and return the milliseconds until what it leads to is painted. */
  async function until(act, holds) {
    const begin = performance.now();
    await act();
    return (await painted(holds)) - begin;
  }

  /** Call `step` before each frame for so long; return the milliseconds between the frames. */
  function frames(duration, step = () => undefined) {
    return new Promise(resolve => {
      const found = [];
      let begin = null;
      let last = null;
      const frame = now => {
        begin ??= now;
        if (last !== null) {
          found.push(now - last);
        }
        last = now;
        if (now - begin >= duration) {
          resolve(found);
          return;
        }
        step((now - begin) / duration);
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
  }

  /** Write into a field of React's as a person does. */
  function write(field, text) {
    const prototype = Object.getPrototypeOf(field);
    Object.getOwnPropertyDescriptor(prototype, 'value').set.call(field, text);
    const kind = field.tagName === 'SELECT' ? 'change' : 'input';
    field.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  /** The times at which texts of cells were first painted, by the text. */
  const seen = new Map();
  function watch(selector, attribute) {
    const look = () => {
      const fresh = [...document.querySelectorAll(selector)]
        .map(node => node.getAttribute(attribute))
        .filter(text => text !== null && !seen.has(text));
      fresh.forEach(text => seen.set(text, null));
      if (fresh.length > 0) {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => fresh.forEach(text => seen.set(text, Date.now()));
        port2.postMessage(null);
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }

  /** The live sockets of this page, so that their messages can be told without a server. */
  const sockets = [];
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(url, protocols) {
      super(url, protocols);
      if (String(url).includes('/tracker/api/live')) {
        sockets.push(this);
      }
    }
  };

  /** The requests and sockets of ours that this page has begun. */
  const asked = () =>
    performance
      .getEntriesByType('resource')
      .filter(entry => entry.name.includes('/tracker/api/')).length +
    sockets.length;

  return { painted, until, frames, write, watch, seen, sockets, asked };
})();
