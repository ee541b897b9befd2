// Bundles the page that stands outside JupyterLab, from the same sources as the labextension.
//
//   node labextension/page.config.mjs [--development]

import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { rspack } from '@rspack/core';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const toolkit = resolve(here, 'lib/page/toolkit.js');
const development = process.argv.includes('--development');
const theme = name => ({
  from: require.resolve(
    `@jupyterlab/theme-${name}-extension/style/variables.css`
  ),
  to: `theme-${name}.css`
});

/** Puts a compressed copy beside each file that gains by it. */
const packed = {
  apply(compiler) {
    const { Compilation, sources } = compiler.webpack;
    compiler.hooks.compilation.tap('packed', compilation => {
      const stage = Compilation.PROCESS_ASSETS_STAGE_OPTIMIZE_TRANSFER;
      compilation.hooks.processAssets.tap({ name: 'packed', stage }, assets => {
        for (const [name, source] of Object.entries(assets)) {
          if (/\.(css|js)$/.test(name) && source.size() > 1_000) {
            const bytes = gzipSync(source.buffer(), { level: 9 });
            compilation.emitAsset(`${name}.gz`, new sources.RawSource(bytes));
          }
        }
      });
    });
  }
};

const compiler = rspack({
  mode: development ? 'development' : 'production',
  devtool: development ? 'source-map' : false,
  context: here,
  entry: { page: './lib/page/index.js' },
  output: {
    path: resolve(here, '../python/tracker/server/static'),
    filename: '[name].js',
    chunkFilename: '[name].[contenthash:8].js',
    // Beside the script, wherever a hub or a proxy puts it.
    publicPath: 'auto',
    clean: true
  },
  module: {
    rules: [
      {
        test: /\.css$/,
        use: [rspack.CssExtractRspackPlugin.loader, 'css-loader'],
        type: 'javascript/auto'
      },
      // Imported for nothing but its styles.
      { test: /page\/style\.js$/, sideEffects: true },
      { test: /\.svg$/, issuer: /\.css$/, type: 'asset/inline' },
      { test: /\.svg$/, issuer: /\.js$/, type: 'asset/source' },
      { test: /\.m?js$/, resolve: { fullySpecified: false } }
    ]
  },
  resolve: {
    alias: {
      '@jupyter/react-components': toolkit,
      '@jupyter/web-components': toolkit
    },
    fallback: { url: false, path: require.resolve('path-browserify') }
  },
  plugins: [
    new rspack.CssExtractRspackPlugin({ filename: '[name].css' }),
    new rspack.CopyRspackPlugin({
      patterns: [theme('light'), theme('dark'), { from: 'style/icon.svg' }]
    }),
    new rspack.ProvidePlugin({ process: 'process/browser' }),
    ...(development ? [] : [packed])
  ],
  performance: false
});

compiler.run((error, stats) => {
  console.log(
    error ?? stats.toString({ preset: 'errors-warnings', timings: true })
  );
  process.exitCode = error || stats.hasErrors() ? 1 : 0;
  compiler.close(() => undefined);
});
