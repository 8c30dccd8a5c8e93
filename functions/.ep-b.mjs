const t=performance.now();await import("firebase-functions/https");await import("firebase-admin/app");await import("firebase-admin/firestore");console.log("base",performance.now()-t)
