export {};
//# sourceMappingURL=image-facts.js.map