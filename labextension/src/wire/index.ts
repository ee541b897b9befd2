/**
 * The JSON shapes between the panel and the server: `python/tracker/server/wire/` in TypeScript.
 *
 * `tests/fixtures/wire.json` is checked against both. All times are ms since 1970 UTC.
 */

export * from './artifacts';
export * from './cells';
export * from './comparison';
export * from './fields';
export * from './groups';
export * from './importance';
export * from './links';
export * from './live';
export * from './message';
export * from './metrics';
export * from './runs';
export * from './stores';
