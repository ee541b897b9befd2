import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A busy machine compiles slowly: the test of the wire runs the TypeScript compiler.
    testTimeout: 60_000,
    include: ['src/**/__tests__/**/*.spec.{ts,tsx}']
  }
});
