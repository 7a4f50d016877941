import RefundCase
public import RefundPolicy

/// Looking at many cases at once, for the operators' page: each call goes by an index, however many cases there are.
public protocol CaseSurvey: CaseReader {
    /// The cases of these numbers that are there, the newest first.
    func cases(numbered ids: [CaseID]) throws(StoreError) -> [ListedCase]

    /// What other cases have done with a line and its invoice, archived ones included: `LoadedCases.lines`, `accounts` and
    /// `reusedProofs` alone.
    func surroundings(of line: InvoiceLine, proof: ProofUse?) throws(StoreError) -> LoadedCases

    /// What the open cases owe whose earliest deadline is before the end of the bounds, by its day in UTC; days and kinds
    /// on which nothing is due are left out. Each case is read once.
    func duePromises(within bounds: DuePromises.Bounds) throws(StoreError) -> DuePromises

    /// How many open cases have a deadline before that instant, counted up to `most`.
    func dueCount(before limit: Instant, most: Int) throws(StoreError) -> Int

    /// How many cases were opened in each of `count` stretches of time, the first of which begins at `start`.
    ///
    /// Told from the cases' numbers, of which PostgreSQL may have left some unused: never too low.
    ///
    /// - Parameters:
    ///   - stretch: at least one microsecond.
    ///   - count: 1...1,000.
    func openings(from start: Instant, every stretch: Duration, count: Int) throws(StoreError) -> [Int]
}
