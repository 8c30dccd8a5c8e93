/** Required on every call; an answer's shape belongs to this version. */
const apiVersion = "2024-11-06";
export function createClient(options) {
    const { http, baseUrl } = options;
    const headers = { authorization: `Bearer ${options.apiKey}`, "x-runway-version": apiVersion };
    return {
        createTask: (endpoint, body) => 
        // No idempotency key exists: a second copy of this call would be a second paid task.
        http.send({ method: "POST", url: `${baseUrl}/v1/${endpoint}`, headers, body, repeatable: false }),
        getTask: (taskId) => http.send({ method: "GET", url: taskUrl(baseUrl, taskId), headers, repeatable: true }),
        deleteTask: (taskId) => http.send({ method: "DELETE", url: taskUrl(baseUrl, taskId), headers, repeatable: true }),
        getOrganization: () => http.send({ method: "GET", url: `${baseUrl}/v1/organization`, headers, repeatable: true }),
    };
}
function taskUrl(baseUrl, taskId) {
    return `${baseUrl}/v1/tasks/${encodeURIComponent(taskId)}`;
}
//# sourceMappingURL=client.js.map