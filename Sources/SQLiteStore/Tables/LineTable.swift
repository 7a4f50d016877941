import GRDB
import RefundCase
import RefundPolicy
import RefundWorker

/// Lines and what is around them on their invoices (contract § 3, "The line").
struct LineTable {
    private let findAccount: BoundStatement
    private let findOthers: BoundStatement
    private let findArchived: BoundStatement
    private let findAnyArchived: BoundStatement
    private let findProof: BoundStatement
    private let book: BoundStatement

    /// A case that means nothing to others; the index `cases_invoice` names the same.
    static let isOver = "status IN ('rejected', 'withdrawn') AND paid_after_end = 0"

    private static let likeness = """
        invoice_number = ?1 AND service_id = ?2 AND subscription_id = ?3, service_key = ?5, subscription_key = ?6,
        (subscription_key = '') <> (?6 = '')
        """

    init(_ database: Database) throws {
        findAccount = try BoundStatement(
            "SELECT requests, currency, granted, paid_after_end, total FROM invoices WHERE invoice_key = ?",
            in: database)
        findOthers = try BoundStatement(
            """
            SELECT \(LineTable.likeness), paid, currency, total, total_currency, id, status, holds_line, paid_after_end,
                refund
            FROM cases WHERE invoice_key = ?4 ORDER BY (\(LineTable.isOver)), id LIMIT \(LoadedLine.most + 1)
            """, in: database)
        findArchived = try BoundStatement(
            """
            SELECT \(LineTable.likeness), paid, currency, total, total_currency, has_paid_nothing
            FROM archived WHERE invoice_key = ?4 LIMIT \(LoadedLine.most + 1)
            """, in: database)
        findAnyArchived = try BoundStatement("SELECT 1 FROM archived LIMIT 1", in: database)
        findProof = try BoundStatement(
            """
            SELECT EXISTS (SELECT 1 FROM cases WHERE proof = ?1 AND invoice_key < ?2)
                OR EXISTS (SELECT 1 FROM cases WHERE proof = ?1 AND invoice_key > ?2)
                OR (?3 AND (EXISTS (SELECT 1 FROM archived WHERE proof = ?1 AND invoice_key < ?2)
                    OR EXISTS (SELECT 1 FROM archived WHERE proof = ?1 AND invoice_key > ?2)))
            """, in: database)
        book = try BoundStatement(
            """
            INSERT INTO invoices AS i (invoice_key, requests, currency, granted, paid_after_end, total)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (invoice_key) DO UPDATE SET
                requests = i.requests + excluded.requests,
                granted = IIF(i.currency = excluded.currency, \(LineTable.sum("granted")), i.granted),
                paid_after_end = IIF(
                    i.currency = excluded.currency, \(LineTable.sum("paid_after_end")), i.paid_after_end),
                total = IIF(i.currency = excluded.currency, COALESCE(excluded.total, i.total), i.total)
            """, in: database)
    }

    /// Held at the largest number that there is.
    private static func sum(_ column: String) -> String {
        """
        IIF(excluded.\(column) > 0 AND i.\(column) > \(Int64.max) - excluded.\(column), \(Int64.max), \
        i.\(column) + excluded.\(column))
        """
    }

    /// Puts what is around these lines, and which of these proofs stand for other invoices, into `loaded`. Where nothing was
    /// ever archived, nothing is looked for there.
    func load(_ lines: [InvoiceLine], _ proofs: [ProofUse], into loaded: inout LoadedCases) throws {
        guard !lines.isEmpty || !proofs.isEmpty else { return }
        let isAnyArchived = try findAnyArchived.first({ _ in }, as: { _ in true }) != nil
        for line in lines { try load(line, besideArchived: isAnyArchived, into: &loaded) }
        for proof in proofs where try isReused(proof, besideArchived: isAnyArchived) {
            loaded.reusedProofs.insert(proof)
        }
    }

    private func load(
        _ line: InvoiceLine, besideArchived isAnyArchived: Bool, into loaded: inout LoadedCases
    ) throws {
        guard loaded.lines[line] == nil else { return }
        let identity = line.identity
        if loaded.accounts[identity.invoice] == nil, let account = try account(of: identity.invoice) {
            loaded.accounts[identity.invoice] = account
        }
        var others: [LoadedLine.Other] = []
        // Without an account no request ever came.
        if loaded.accounts[identity.invoice] != nil {
            try findOthers.forEachRow({ $0.add(line, identity) }, do: { others.append(LoadedLine.Other(stored: $0)) })
        }
        if isAnyArchived {
            try findArchived.forEachRow(
                { $0.add(line, identity) }, do: { others.append(LoadedLine.Other(archived: $0)) })
        }
        loaded.lines[line] = LoadedLine(others: others)
    }

    /// Whether the same proof stands for another invoice.
    private func isReused(_ proof: ProofUse, besideArchived isAnyArchived: Bool) throws -> Bool {
        try findProof.first(
            { values in
                values.add(proof.mark)
                values.add(proof.invoice)
                values.add(isAnyArchived)
            }, as: { $0.integer(0) != 0 }) ?? false
    }

    func write(_ bookings: [InvoiceBooking]) throws {
        for booking in bookings {
            try book.run { values in
                values.add(booking.invoice)
                values.add(booking.opened)
                values.add(booking.currency.code)
                values.add(booking.granted)
                values.add(booking.paidAfterEnd)
                values.add(booking.total)
            }
        }
    }

    private func account(of invoice: String) throws -> InvoiceAccount? {
        try findAccount.first(
            { $0.add(invoice) },
            as: { row in
                Currency(code: row.text(1)).map { currency in
                    InvoiceAccount(
                        requests: row.integer(0), currency: currency, granted: row.integer(2),
                        paidAfterEnd: row.integer(3), total: row.optionalInteger(4))
                }
            }) ?? nil
    }
}

extension LoadedLine.Other {
    fileprivate init(stored row: ResultRow) {
        let bearing = LineNeighbour.Bearing(
            status: CaseStatus(rawValue: row.text(9)), isPaidAfterEnd: row.integer(11) != 0,
            refund: row.optionalInteger(12))
        self.init(id: CaseID(row.integer(8)), neighbour: .init(row, bearing), holdsLine: row.integer(10) != 0)
    }

    fileprivate init(archived row: ResultRow) {
        let bearing: LineNeighbour.Bearing = row.integer(8) != 0 ? .ended : .refunded
        self.init(id: nil, neighbour: .init(row, bearing), holdsLine: bearing == .refunded)
    }
}

extension LineNeighbour {
    fileprivate init(_ row: ResultRow, _ bearing: Bearing) {
        self.init(
            likeness: Likeness(
                isSpelledAlike: row.integer(0) != 0, isSameService: row.integer(1) != 0,
                isSameSubscription: row.integer(2) != 0, isSubscriptionMissing: row.integer(3) != 0),
            bearing: bearing, paid: row.money(4), total: row.money(6))
    }
}

extension ResultRow {
    /// An amount in minor units, and in the next column its currency; `nil` where either is missing.
    func money(_ column: Int32) -> Money? {
        guard let amount = optionalInteger(column), let code = optionalText(column + 1) else { return nil }
        return Currency(code: code).flatMap { Money(minorUnits: amount, currency: $0) }
    }
}

extension Bindings {
    /// The line's spelling, and its identity: six values. An absent subscription is the empty text (`Schema`).
    mutating func add(_ line: InvoiceLine, _ identity: LineIdentity) {
        add(line.invoiceNumber)
        add(line.serviceID)
        add(line.subscriptionID ?? "")
        add(identity.invoice)
        add(identity.service)
        add(identity.subscription)
    }

    /// An amount in minor units, and its currency; both NULL for none.
    mutating func add(_ money: Money?) {
        add(money?.minorUnits)
        add(money?.currency.code)
    }
}
