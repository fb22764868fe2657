import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({ base: '/storefronts/vue/', plugins: [vue({ features: { optionsAPI: false }, template: { transformAssetUrls: false } })], build: { outDir: 'built' } });
