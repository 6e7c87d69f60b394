const t=""+new URL("elk-worker.min.js",import.meta.url).href;let r;function e(){return r??=new Worker(t),r}window.location.hash.startsWith("#/history?")&&e();export{e as l};
