/** A callable turned the request down; `status` and `details` are those of the wire protocol. */
export class CallableError extends Error {
    status;
    details;
    constructor(status, message, details) {
        super(message);
        this.name = "CallableError";
        this.status = status;
        this.details = details;
    }
}
/** Calls a callable function the way the client SDKs do. */
export async function call(baseUrl, name, data, token) {
    const response = await fetch(`${baseUrl}/${name}`, {
        method: "POST",
        headers: {
            "content-type": "application/json",
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ data }),
    });
    const answer = (await response.json());
    if (answer.error !== undefined) {
        throw new CallableError(answer.error.status, answer.error.message, answer.error.details);
    }
    return answer.result;
}
//# sourceMappingURL=callable-client.js.map