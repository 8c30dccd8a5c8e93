export function createClient(config) {
    function send(request) {
        return config.http.send({
            method: request.method,
            url: `${config.baseUrl}${request.path}`,
            headers: { "x-api-key": config.apiKey, ...request.headers },
            ...(request.body === undefined ? {} : { body: request.body }),
            // Also the start: it carries a key that the vendor de-duplicates by for 24 hours.
            repeatable: true,
        });
    }
    const read = (path) => send({ method: "GET", path, headers: {} });
    return {
        createVideo: (body, idempotencyKey) => send({
            method: "POST",
            path: "/v3/videos",
            headers: { "Idempotency-Key": idempotencyKey },
            body,
        }),
        readVideo: (videoId) => read(`/v3/videos/${encodeURIComponent(videoId)}`),
        // 50 is the greatest page of this list, 100 that of most others (official CLI, 2026-07).
        listPublicLooks: () => read("/v3/avatars/looks?ownership=public&limit=50"),
        listVoices: () => read("/v3/voices?limit=1"),
        readAccount: () => read("/v3/users/me"),
    };
}
//# sourceMappingURL=client.js.map