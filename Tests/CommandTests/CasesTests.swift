import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import SQLiteStore
import Testing

@Suite("refund-worker cases")
struct CasesTests {
    private static let decidedAt = Instant("2022-02-22T09:31:00Z")

    /// A store with a case for each request, decided by the standard policy.
    private func store(at path: String, _ requests: [String]) throws {
        let store = try SQLiteStore(path: path)
        let now = try #require(CasesTests.decidedAt)
        for text in requests {
            let body = Array(text.utf8)
            guard case .requested(let request) = try InboundDecoder().decode(body, as: .requested, at: now) else {
                continue
            }
            let policy = PolicyShelf(.standard).version(forInvoiceIssuedOn: request.invoice.issuedOn)
            let (opened, effects) = RefundCase.open(
                request, policy: policy.version, standing: .free, traceparent: nil, at: now)
            let messages = effects.compactMap { effect -> NewMessage? in
                guard case .send(let message, let ordinal) = effect else { return nil }
                return NewMessage(
                    ordinal: ordinal, encoded: OutboundEncoder().encode(message, of: opened, at: now), createdAt: now)
            }
            _ = try store.transact(
                recording: [], loading: CaseKeys(requests: [request.id], lines: [request.line]), at: now
            ) { _ in
                CaseChanges(cases: [
                    CaseChange(
                        id: nil, refundCase: opened, policy: policy, firstEvent: 0,
                        events: [.opening(of: opened, body: body)], messages: messages)
                ])
            }
        }
        store.close()
    }

    private static func request(_ id: String, proof: Bool = true, dispute: String = "none") -> String {
        """
        {"request_id": "\(id)", "kind": "cancellation", "submitted_at": "2022-02-22T09:30:00Z", \
        "order_number": "ORD-1", "service": {"id": "api-requests", "subscription_id": "\(id)"}, \
        "customer": {"id": "cus-77", "contact": "mailto:hidden@example.com", "locale": "en"}, \
        "invoice": {"number": "INV-1", "issued_on": "2022-02-12", "paid": {"amount": "10.00", "currency": "USD"}\
        \(proof ? ", \"proof_of_payment\": \"https://files.example.com/p\"" : "")}, \
        "usage": {"unit": "request", "included": 10000, "remaining": 7000}, \
        "payment_method": {"type": "card", "token": "pm_hidden"}, "dispute": "\(dispute)"}
        """
    }

    private func withStore(_ body: (String) throws -> Void) throws {
        try Fixtures.inDirectory { directory in
            let path = directory.appending(path: "cases.sqlite").path
            try store(
                at: path,
                [
                    CasesTests.request("rr-1"), CasesTests.request("rr-2", proof: false),
                    CasesTests.request("rr-3", dispute: "open"),
                ])
            try body("sqlite:\(path)")
        }
    }

    @Test("evaluate looks at the lines of the store where it is told to, and changes nothing there")
    func evaluated() throws {
        try withStore { url in
            func evaluate(_ request: String, _ arguments: String...) throws -> [String: Any] {
                let outcome = try Executable.run(
                    ["evaluate", "--json", "--store-url", url] + arguments + ["-"], input: request)
                #expect(outcome.status == 0, "\(outcome.errors)")
                return try #require(try outcome.objects().first)
            }
            func unseen(_ decision: [String: Any]) -> [String] {
                (decision["rules"] as? [[String: Any]] ?? []).filter { $0["holds"] == nil }
                    .compactMap { $0["rule"] as? String }
            }
            // The same subscription as rr-1, by another request.
            let second = CasesTests.request("rr-1")
                .replacing("\"request_id\": \"rr-1\"", with: "\"request_id\": \"rr-9\"")
            let alone = try evaluate(second)
            #expect(alone["outcome"] as? String == "approved")
            #expect(unseen(alone) == ["one_refund", "left_to_refund", "other_requests"])
            let beside = try evaluate(second, "--store")
            #expect(beside["outcome"] as? String == "rejected")
            #expect((beside["reasons"] as? [[String: Any]])?.first?["code"] as? String == "already_requested")
            #expect(unseen(beside) == [])
            // What has a case is shown as it was decided, not as its own rival.
            #expect(try evaluate(CasesTests.request("rr-1"), "--store")["outcome"] as? String == "approved")
            let list = try Executable.run(["cases", "list", "--json", "--store-url", url]).objects()
            #expect(list.count == 3)
        }
    }

    @Test("the list has a line for each case, the newest first")
    func list() throws {
        try withStore { url in
            let outcome = try Executable.run(["cases", "list", "--store-url", url])
            #expect(outcome.status == 0)
            let rows = outcome.lines.map { $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init) }
            try #require(rows.map(\.first) == ["REQUEST", "rr-3", "rr-2", "rr-1"])
            #expect(rows[1][2...3] == ["in_review", "dispute_open"])
            #expect(rows[2][2...3] == ["rejected", "missing_proof_of_payment"])
            #expect(rows[3][2] == "approved")
            #expect(outcome.lines[3].contains("7.00 USD"))
            #expect(outcome.lines[1].contains("2022-02-25 09:30"))
        }
    }

    @Test("an answer that the broker has confirmed is shown as given, in list and case, and no other")
    func confirmedAnswer() throws {
        try withStore { url in
            let store = try SQLiteStore(path: String(url.dropFirst("sqlite:".count)))
            let later = try #require(CasesTests.decidedAt) + .seconds(60)
            let due = try store.claimUnsent(limit: 100, bytes: 1 << 20, at: later, lease: .seconds(30))
            let answers = due.filter { $0.encoded.id == "rr-1/approved" }
            try #require(answers.count == 1)
            _ = try store.transact(
                recording: answers.map {
                    PublicationRecord(
                        key: .message($0.key, attempt: 1), at: later, result: .confirmed, heldUntil: $0.heldUntil)
                }, loading: CaseKeys(), at: later
            ) { _ in CaseChanges() }
            store.close()
            let list = try Executable.run(["cases", "list", "--json", "--store-url", url]).objects()
            #expect(list.compactMap { $0["response"] as? String } == ["pending", "pending", "met"])
            let shown = try Executable.run(["cases", "show", "rr-1", "--store-url", url])
            let row = try #require(shown.lines.first { $0.contains("  response ") })
            #expect(row.contains(" met "), "\(row)")
            let table = try Executable.run(["cases", "list", "--store-url", url])
            #expect(table.lines.last?.contains(" met ") == true && !table.output.contains("(pending"))
        }
    }

    @Test(
        "the list can be narrowed",
        arguments: [
            (["--status", "approved"], ["rr-1"]),
            (["--status", "approved", "--status", "rejected"], ["rr-2", "rr-1"]),
            (["--limit", "1"], ["rr-3"]), (["--overdue"], ["rr-3", "rr-1"]),
            (["--due-within", "24h"], ["rr-3", "rr-1"]),
            (["--status", "settled"], []),
        ])
    func filters(arguments: [String], expected: [String]) throws {
        try withStore { url in
            let outcome = try Executable.run(["cases", "list", "--json", "--store-url", url] + arguments)
            #expect(try outcome.objects().compactMap { $0["request_id"] as? String } == expected)
        }
    }

    @Test("a case is shown with its amount, commands, events and messages, and without contact and token")
    func show() throws {
        try withStore { url in
            let text = try Executable.run(["cases", "show", "rr-1", "--store-url", url])
            #expect(text.status == 0)
            for expected in [
                "rr-1  cancellation  approved", "10.00 USD × 7000 / 10000 (usage) = 7.00 USD", "rr-1/revoke",
                "rr-1/payout#1", "rr-1/approved", "notice.decided", "requested", "contact masked", "token masked",
            ] { #expect(text.output.contains(expected), "\(expected) in\n\(text.output)") }
            let json = try Executable.run(["cases", "show", "rr-1", "--store-url", url, "--json"])
            let shown = try #require(try json.objects().first)
            #expect((shown["commands"] as? [Any])?.count == 2)
            #expect((shown["messages"] as? [Any])?.count == 3)
            #expect((shown["events"] as? [Any])?.count == 1)
            for output in [text.output, json.output] {
                #expect(!output.contains("hidden"))
            }
        }
    }

    @Test("a case that is not there: the answer is no")
    func unknown() throws {
        try withStore { url in
            let outcome = try Executable.run(["cases", "show", "rr-9", "--store-url", url])
            #expect(outcome.status == 3)
            #expect(outcome.errors.contains("rr-9"))
        }
    }
}
