import RefundWorker

/// Messages whose rows lie one behind the other, so that one statement reaches all of them: messages of one case, and
/// of cases that follow each other.
struct MessageRun {
    private(set) var rows: ClosedRange<Int64>
    /// How many of them are meant.
    private(set) var count = 1

    init(_ row: Int64) {
        rows = row...row
    }

    /// Whether rows of several cases are meant. Between them may lie others that are not: messages of the first case
    /// that came later.
    var spansCases: Bool { RowNumber.caseID(of: rows.lowerBound) != RowNumber.caseID(of: rows.upperBound) }

    /// Takes a row in if it is the next: of the same case, or the first one of the next case.
    ///
    /// - Returns: whether it did.
    mutating func extend(to row: Int64) -> Bool {
        let isNext = row == rows.upperBound + 1
        let isNextCase =
            RowNumber.place(of: row) == 0
            && RowNumber.caseID(of: row).number == RowNumber.caseID(of: rows.upperBound).number + 1
        guard isNext || isNextCase else { return false }
        rows = rows.lowerBound...row
        count += 1
        return true
    }
}
