internal import RefundCase
internal import RefundPolicy
internal import RefundWorker

/// Finds cases by what people know of them: an order, an invoice, a subscription, a customer.
///
/// The stores have no such indexes, since each would cost every request; this one is made by the console in its own
/// memory, 16 bytes for each identifier, from the newest case back. What an identifier is found by is its hash: whoever
/// asks compares the cases themselves.
struct IdentifierIndex: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case order, invoice, subscription, customer
    }

    private struct Entry {
        var hash: UInt64
        var number: Int64
    }

    /// Filled until it has `Segment.size` entries, then sorted.
    private struct Segment {
        static let size = 65_536
        var entries: [Entry] = []
        var isSorted = false

        mutating func add(_ entry: Entry) {
            if entries.isEmpty { entries.reserveCapacity(Segment.size) }
            entries.append(entry)
            guard entries.count == Segment.size else { return }
            entries.sort { ($0.hash, $0.number) < ($1.hash, $1.number) }
            isSorted = true
        }

        func numbers(of hash: UInt64) -> [Int64] {
            guard isSorted else { return entries.filter { $0.hash == hash }.map(\.number) }
            var low = 0
            var high = entries.count
            while low < high {
                let middle = (low + high) / 2
                if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
            }
            return entries[low...].prefix { $0.hash == hash }.map(\.number)
        }
    }

    private var segments: [Segment] = []
    /// How many cases can be found.
    private(set) var caseCount = 0

    mutating func add(_ listed: ListedCase) {
        let request = listed.refundCase.request
        for kind in Kind.allCases {
            guard let text = kind.text(of: request) else { continue }
            if segments.last.map({ $0.isSorted }) ?? true { segments.append(Segment()) }
            segments[segments.count - 1].add(
                Entry(hash: IdentifierIndex.hash(kind, text), number: listed.id.number))
        }
        caseCount += 1
    }

    /// The cases that may have that identifier, the newest first, at most that many.
    func cases(with text: String, as kinds: [Kind], limit: Int) -> [CaseID] {
        let numbers = kinds.flatMap { kind in
            let hash = IdentifierIndex.hash(kind, text)
            return segments.flatMap { $0.numbers(of: hash) }
        }
        return Set(numbers).sorted(by: >).prefix(limit).map { CaseID($0) }
    }

    /// FNV-1a, 64 bits.
    private static func hash(_ kind: Kind, _ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in kind.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01b3
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}

extension IdentifierIndex.Kind {
    /// The identifier as a request has it.
    func text(of request: RefundRequest) -> String? {
        switch self {
        case .order: request.orderNumber
        case .invoice: request.invoice.number
        case .subscription: request.service.subscriptionID
        case .customer: request.customer?.named.first.flatMap(\.self).map(unquoted)
        }
    }

    /// A customer's id is passed through as JSON, mostly a string without escapes.
    private func unquoted(_ json: String) -> String {
        json.count >= 2 && json.hasPrefix("\"") && json.hasSuffix("\"") ? String(json.dropFirst().dropLast()) : json
    }
}
