export {};
//# sourceMappingURL=vendor.js.map