import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({ base: '/storefronts/react/', plugins: [react()], build: { outDir: 'built' } });
