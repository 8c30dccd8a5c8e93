export const emptyAccount = { granted: 0, balance: 0, held: 0, spent: 0 };
/** The account after an entry, or `null` when it does not cover a hold. */
export function applyEntry(account, entry) {
    const { credits } = entry;
    switch (entry.type) {
        case "grant":
            return { ...account, granted: account.granted + credits, balance: account.balance + credits };
        case "hold":
            if (account.balance < credits)
                return null;
            return { ...account, balance: account.balance - credits, held: account.held + credits };
        case "capture":
            return { ...account, held: account.held - credits, spent: account.spent + credits };
        case "release":
            return { ...account, held: account.held - credits, balance: account.balance + credits };
    }
}
export function isBalanced(account) {
    return (account.granted === account.balance + account.held + account.spent &&
        account.balance >= 0 &&
        account.held >= 0);
}
//# sourceMappingURL=credits.js.map