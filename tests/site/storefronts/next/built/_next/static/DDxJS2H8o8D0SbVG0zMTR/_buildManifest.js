self.__BUILD_MANIFEST = {
  "/_error": [
    "static/chunks/2ubjc99ud1z26.js"
  ],
  "/storefronts/next": [
    "static/chunks/0dtykarpki9sj.js"
  ],
  "__rewrites": {
    "afterFiles": [],
    "beforeFiles": [],
    "fallback": []
  },
  "sortedPages": [
    "/_app",
    "/_error",
    "/storefronts/next"
  ]
};self.__TURBOPACK_PAGE_BOOTSTRAP = {"/storefronts/next":{"otherChunks":["static/chunks/2n8z_946iuyab.js"],"runtimeModuleIds":[783,4559]},"/_app":{"otherChunks":["static/chunks/36g2yxk-rkcpd.js","static/chunks/2w3vi4jumibv2.js","static/chunks/1rfm4kl1latbf.js","static/chunks/1v1xf9og549wi.css"],"runtimeModuleIds":[783,4801]},"/_error":{"otherChunks":["static/chunks/306euk3hkl2h4.js"],"runtimeModuleIds":[783,184]}};self.__TURBOPACK_CHUNK_LOADING_GLOBAL = "TURBOPACK";self.__BUILD_MANIFEST_CB && self.__BUILD_MANIFEST_CB()