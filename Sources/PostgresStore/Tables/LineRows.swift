import RefundCase
import RefundPolicy
import RefundWorker

/// Lines and what is around them on their invoices (contract § 3, "The line").
enum LineRows {
    static let statements = [accounts, others, archived, proofs, book]

    /// A case that means nothing to others; the index `cases_invoice` names the same.
    static let isOver = "status = ANY (ARRAY['rejected', 'withdrawn']) AND NOT paid_after_end"

    private static let accounts = Statement(
        "line_accounts",
        """
        SELECT invoice_key, requests, currency, granted, paid_after_end, total FROM invoices
        WHERE invoice_key = ANY($1::text[])
        """)

    private static let asked = """
        unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY
        AS n (invoice, service, subscription, invoice_key, service_key, subscription_key, place)
        """

    private static let likeness = """
        n.place, c.invoice_number = n.invoice AND c.service_id = n.service AND c.subscription_id = n.subscription,
        c.service_key = n.service_key, c.subscription_key = n.subscription_key,
        (c.subscription_key = '') <> (n.subscription_key = ''), c.paid, c.currency, c.total, c.total_currency
        """

    /// Looked up line by line, whatever the planner thinks of the tables' sizes.
    private static let others = Statement(
        "line_others",
        """
        SELECT \(likeness), c.id, c.status, c.holds_line, c.paid_after_end, c.refund
        FROM \(asked) CROSS JOIN LATERAL (
            SELECT id, status, holds_line, paid_after_end, refund, paid, currency, total, total_currency,
                invoice_number, service_id, subscription_id, service_key, subscription_key
            FROM cases WHERE cases.invoice_key = n.invoice_key
            ORDER BY (\(isOver)), id LIMIT \(LoadedLine.most + 1)
        ) AS c
        """)

    private static let archived = Statement(
        "line_archived",
        """
        SELECT \(likeness), c.has_paid_nothing
        FROM \(asked) CROSS JOIN LATERAL (
            SELECT has_paid_nothing, paid, currency, total, total_currency,
                invoice_number, service_id, subscription_id, service_key, subscription_key
            FROM archived WHERE archived.invoice_key = n.invoice_key LIMIT \(LoadedLine.most + 1)
        ) AS c WHERE EXISTS (SELECT 1 FROM archived)
        """)

    private static let proofs = Statement(
        "line_proofs",
        """
        SELECT n.place FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS n (proof, invoice, place)
        WHERE EXISTS (SELECT 1 FROM cases AS c WHERE c.proof = n.proof AND c.invoice_key < n.invoice OFFSET 0)
            OR EXISTS (SELECT 1 FROM cases AS c WHERE c.proof = n.proof AND c.invoice_key > n.invoice OFFSET 0)
            OR EXISTS (SELECT 1 FROM archived AS a WHERE a.proof = n.proof AND a.invoice_key < n.invoice OFFSET 0)
            OR EXISTS (SELECT 1 FROM archived AS a WHERE a.proof = n.proof AND a.invoice_key > n.invoice OFFSET 0)
        """)

    /// Rows are locked in the order in which they come, which is that of their keys, before any other row is changed.
    private static let book = Statement(
        "line_book",
        """
        WITH said AS (
            SELECT * FROM unnest(
                $1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[]
            ) AS n (invoice, opened, currency, granted, paid_after_end, total, expected)
        ), booked AS (
            INSERT INTO invoices AS i (invoice_key, requests, currency, granted, paid_after_end, total)
            SELECT invoice, opened, currency, granted, paid_after_end, total FROM said
            ON CONFLICT (invoice_key) DO UPDATE SET
                requests = i.requests + excluded.requests,
                granted = CASE WHEN i.currency = excluded.currency THEN \(sum("granted")) ELSE i.granted END,
                paid_after_end = CASE WHEN i.currency = excluded.currency
                    THEN \(sum("paid_after_end")) ELSE i.paid_after_end END,
                total = CASE WHEN i.currency = excluded.currency
                    THEN COALESCE(excluded.total, i.total) ELSE i.total END
            RETURNING i.invoice_key, i.requests
        )
        SELECT expect_requests(count(*)) FROM booked JOIN said ON said.invoice = booked.invoice_key
        WHERE booked.requests - said.opened <> said.expected
        """)

    /// Held at the largest number that there is.
    private static func sum(_ column: String) -> String {
        "LEAST(i.\(column)::numeric + excluded.\(column), 9223372036854775807)::bigint"
    }

    static func command(booking bookings: [InvoiceBooking]) -> Command? {
        guard !bookings.isEmpty else { return nil }
        return .run(book) { values in
            values.add(.text, bookings) { $1.add($0.invoice) }
            values.add(.bigint, bookings) { $1.add($0.opened) }
            values.add(.text, bookings) { $1.add($0.currency.code) }
            values.add(.bigint, bookings) { $1.add($0.granted) }
            values.add(.bigint, bookings) { $1.add($0.paidAfterEnd) }
            values.add(.bigint, bookings) { $1.add($0.total) }
            values.add(.bigint, bookings) { $1.add($0.expected) }
        }
    }

    fileprivate static func commands(askingFor lines: [InvoiceLine]) -> [Command] {
        let identities = lines.map(\.identity)
        let lookUps = [others, archived].map { statement in
            Command.run(statement) { values in
                values.add(.text, lines) { $1.add($0.invoiceNumber) }
                values.add(.text, lines) { $1.add($0.serviceID) }
                values.add(.text, lines) { $1.add($0.subscriptionID ?? "") }
                values.add(.text, identities) { $1.add($0.invoice) }
                values.add(.text, identities) { $1.add($0.service) }
                values.add(.text, identities) { $1.add($0.subscription) }
            }
        }
        // First: an account that is younger than the requests would hide one from `expect_requests`.
        return [.run(accounts) { $0.add(.text, identities) { $1.add($0.invoice) } }] + lookUps
    }

    fileprivate static func command(askingFor proofs: [ProofUse]) -> Command {
        .run(self.proofs) { values in
            values.add(.bigint, proofs) { $1.add($0.mark) }
            values.add(.text, proofs) { $1.add($0.invoice) }
        }
    }
}

/// Asks, as a part of a round trip, what is around lines.
struct LineQuestions {
    private let lines: [InvoiceLine]
    private let proofs: [ProofUse]
    private let linesAt: Int?
    private let proofsAt: Int?

    /// - Parameter isPrepared: whether the session has prepared `LineRows.statements`.
    init(_ lines: [InvoiceLine], _ proofs: [ProofUse], isPrepared: Bool = true, in pipeline: inout Pipeline) {
        self.lines = lines
        self.proofs = proofs
        linesAt =
            lines.isEmpty
            ? nil : LineRows.commands(askingFor: lines).map { pipeline.add(isPrepared ? $0 : $0.inText) }.first
        proofsAt =
            proofs.isEmpty
            ? nil
            : pipeline.add(
                isPrepared ? LineRows.command(askingFor: proofs) : LineRows.command(askingFor: proofs).inText)
    }

    func note(_ results: [QueryResult], into loaded: inout LoadedCases) {
        if let proofsAt {
            for row in results[proofsAt].rows { loaded.reusedProofs.insert(proofs[Int(row.integer(0)) - 1]) }
        }
        guard let linesAt else { return }
        for row in results[linesAt].rows {
            guard let currency = Currency(code: row.text(2)) else { continue }
            loaded.accounts[row.text(0)] = InvoiceAccount(
                requests: row.integer(1), currency: currency, granted: row.integer(3), paidAfterEnd: row.integer(4),
                total: row.optionalInteger(5))
        }
        for line in lines { loaded.lines[line] = LoadedLine() }
        for row in results[linesAt + 1].rows {
            loaded.lines[lines[Int(row.integer(0)) - 1]]?.others.append(LoadedLine.Other(stored: row))
        }
        for row in results[linesAt + 2].rows {
            loaded.lines[lines[Int(row.integer(0)) - 1]]?.others.append(LoadedLine.Other(archived: row))
        }
    }
}

extension LoadedLine.Other {
    fileprivate init(stored row: ResultRow) {
        let bearing = LineNeighbour.Bearing(
            status: CaseStatus(rawValue: row.text(10)), isPaidAfterEnd: row.boolean(12),
            refund: row.optionalInteger(13))
        self.init(id: CaseID(row.integer(9)), neighbour: .init(row, bearing), holdsLine: row.boolean(11))
    }

    fileprivate init(archived row: ResultRow) {
        let bearing: LineNeighbour.Bearing = row.boolean(9) ? .ended : .refunded
        self.init(id: nil, neighbour: .init(row, bearing), holdsLine: bearing == .refunded)
    }
}

extension LineNeighbour {
    fileprivate init(_ row: ResultRow, _ bearing: Bearing) {
        self.init(
            likeness: Likeness(
                isSpelledAlike: row.boolean(1), isSameService: row.boolean(2), isSameSubscription: row.boolean(3),
                isSubscriptionMissing: row.boolean(4)),
            bearing: bearing, paid: row.money(5), total: row.money(7))
    }
}

extension ResultRow {
    /// An amount in minor units, and in the next column its currency; `nil` where either is missing.
    func money(_ column: Int32) -> Money? {
        guard let amount = optionalInteger(column), let code = optionalText(column + 1) else { return nil }
        return Currency(code: code).flatMap { Money(minorUnits: amount, currency: $0) }
    }
}
