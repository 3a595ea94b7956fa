import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    // The kit speaks 30 languages; the dashboard speaks two.
    { ...optimizeLocales.vite({ locales: ['en-US', 'zh-CN'] }), enforce: 'pre' },
    react(),
    { name: 'build-name', transformIndexHtml: (html) => html.replace('%BUILD%', process.env.WATCHGATE_BUILD ?? 'dev') },
  ],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: ['chrome109', 'firefox115', 'safari16.4'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
  },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  // For work on the dashboard: `npx vite web` beside a running service.
  server: { proxy: Object.fromEntries(['/api', '/ws'].map((p) => [p, { target: 'http://127.0.0.1:8000', ws: true }])) },
});
