export {};
//# sourceMappingURL=exchange.js.map