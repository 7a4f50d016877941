/// Where a case's events and messages stand in a store's tables: the case's number and a place below it in one integer,
/// so that the rows of one case lie together without an index of their own.
public enum RowNumber {
    /// How many bits a place has: 65,536 events, and as many messages, for each case.
    public static let placeBits: Int64 = 16
    private static let places = 0..<(1 << 16)
    private static let cases: ClosedRange<Int64> = 0...(Int64.max >> placeBits)
    /// Messages of no case, such as a reminder that payouts are paused, stand at the places of this number, which no case
    /// has: cases are numbered from 1.
    public static let fleet = CaseID(0)

    /// - Throws: `StoreError` `.refused` when the place would run into the next case's.
    public static func of(_ place: Int, in caseID: CaseID) throws(StoreError) -> Int64 {
        guard places.contains(place), cases.contains(caseID.number) else {
            throw StoreError(
                .refused, operation: "write", problem: "place \(place) of a case is over \(places.upperBound - 1)",
                remedy: "look at what keeps happening to the case; close it, and replay what was left over")
        }
        return caseID.number << placeBits | Int64(place)
    }

    /// All places of a case.
    public static func all(of caseID: CaseID) -> ClosedRange<Int64> {
        let first = caseID.number << placeBits
        return first...(first | Int64(places.upperBound - 1))
    }

    public static func caseID(of rowNumber: Int64) -> CaseID {
        CaseID(rowNumber >> placeBits)
    }

    public static func place(of rowNumber: Int64) -> Int {
        Int(rowNumber & Int64(places.upperBound - 1))
    }
}
