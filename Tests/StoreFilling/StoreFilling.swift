import GRDB
import RefundCase
import RefundMessages
public import RefundPolicy
import RefundWorker
import SQLiteStore

/// Makes a SQLite store large: some cases are lived by the worker's own code, and their rows copied by SQL under other
/// ids, so that every case can be read, shown and archived. Ids are scattered, as random ones are.
public struct StoreFilling: Sendable {
    /// How many settled, rejected and withdrawn cases; eight, one and one of ten.
    public var finished: Int
    /// How many approved cases that wait for their replies.
    public var open: Int
    /// When all of it happens.
    public var at: Instant

    public init(finished: Int, open: Int, at now: Instant) {
        self.finished = finished
        self.open = open
        at = now
    }

    /// Rows that are copied at a time: the cases of one page.
    static let page = 20_000

    /// What is copied, page by page: what is finished comes first, as older.
    ///
    /// - Parameter onPage: the life, its case's number, the number of copies before, and how many to make now.
    func pages(_ onPage: (_ life: Life, _ source: Int, _ first: Int, _ count: Int) throws -> Void) rethrows {
        var first = Life.allCases.count
        for (life, wanted) in shares {
            var left = wanted - 1
            while left > 0 {
                let count = min(left, StoreFilling.page)
                try onPage(life, (Life.allCases.firstIndex(of: life) ?? 0) + 1, first, count)
                first += count
                left -= count
            }
        }
    }

    private var shares: [(Life, Int)] {
        [
            (.settled, finished - finished / 10 * 2), (.rejected, finished / 10), (.withdrawn, finished / 10),
            (.open, open),
        ]
    }

    /// The `index`th copy's request id.
    static func id(_ index: Int) -> String {
        let digits = String(index * 2_654_435_761 % 4_294_967_296, radix: 16)
        return "fill-" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
