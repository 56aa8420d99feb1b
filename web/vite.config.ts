/** Build, development server and unit tests. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The web app of Switchboard, when the page is served by `npm run dev` instead.
const API = process.env['SWITCHBOARD_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  // The page may be mounted under any path.
  base: './',
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 900,
    // the callers' page, and the operators'
    rolldownOptions: { input: ['index.html', 'operate.html'] },
  },
  server: { proxy: { '/calls': API, '/lines': API, '/token': API, '/health': API } },
  test: { dir: 'tests/unit', include: ['**/*.test.{ts,tsx}'], restoreMocks: true, testTimeout: 20_000 },
});
