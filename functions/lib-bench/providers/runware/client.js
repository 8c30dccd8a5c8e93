export function createRunwareClient(config) {
    function post(tasks) {
        return config.http.send({
            method: "POST",
            url: `${config.baseUrl}/v1`,
            headers: { authorization: `Bearer ${config.apiKey}` },
            body: tasks,
            // Also true of starts: the vendor refuses a task UUID that it has already taken.
            repeatable: true,
        });
    }
    return {
        submit: post,
        getResponse: (taskUUID) => post([{ taskType: "getResponse", taskUUID }]),
        accountDetails: (taskUUID) => post([{ taskType: "accountManagement", taskUUID, operation: "getDetails" }]),
    };
}
//# sourceMappingURL=client.js.map