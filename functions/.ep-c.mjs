const t=performance.now();for(const m of "firebase-functions/https".split(" "))await import(m);console.log("firebase-functions/https",(performance.now()-t).toFixed(0))
