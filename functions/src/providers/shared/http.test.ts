import { describe, expect, it } from "@jest/globals";
import { UnreachableError } from "../../domain/errors.js";
import { createCopies, type HttpResponse } from "./http.js";

const response = (status: number): HttpResponse => ({
  status,
  headers: {},
  text: "",
  unansweredBefore: false,
});
const lost = new UnreachableError("connection lost", { sent: "maybe", code: "network" });
const notSent = new UnreachableError("no connection", { sent: "no", code: "network" });

describe("a request that is sent in several copies", () => {
  it("is over with the first answer that is no overload", () => {
    expect(createCopies().answered(response(200))).toEqual(response(200));
    expect(createCopies().answered(response(500))).toEqual(response(500));
  });

  it("comes to the last answer when every copy met an overload", () => {
    const copies = createCopies();
    expect(copies.answered(response(503))).toBeNull();
    expect(copies.answered(response(502))).toBeNull();
    expect(copies.outcome()).toEqual(response(502));
  });

  it("tells of an earlier copy that went unanswered", () => {
    const copies = createCopies();
    copies.failed(lost);
    expect(copies.answered(response(400))).toEqual({ ...response(400), unansweredBefore: true });
  });

  it("tells of an earlier copy on which a gateway gave up: its work may have been begun", () => {
    const copies = createCopies();
    expect(copies.answered(response(504))).toBeNull();
    expect(copies.answered(response(429))).toMatchObject({ status: 429, unansweredBefore: true });
  });

  it("is not known to be unsent because only the last copy was", () => {
    for (const first of ["lost", "gateway"]) {
      const copies = createCopies();
      if (first === "lost") copies.failed(lost);
      else copies.answered(response(504));
      copies.failed(notSent);
      expect(() => copies.outcome()).toThrow(expect.objectContaining({ sent: "maybe" }));
    }
  });

  it("is known to be unsent when no copy left this machine", () => {
    const copies = createCopies();
    copies.failed(notSent);
    expect(() => copies.outcome()).toThrow(notSent);
  });
});
