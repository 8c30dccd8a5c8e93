export {};
//# sourceMappingURL=bench.js.map