import { defineConfig } from 'vite';

export default defineConfig({ base: '/storefronts/lit/', build: { outDir: 'built' } });
