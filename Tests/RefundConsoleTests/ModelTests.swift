import AMQPClient
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import RefundWorker
import Testing

@testable import RefundConsole

@Suite("What pages are made of")
struct ModelTests {
    private static let now = TestSite.now

    @Test("each day has what is due on it, and what is missed stands apart")
    func stretches() throws {
        let usd = try #require(Currency(code: "USD"))
        func due(_ offset: Int, _ kind: DeadlineKind, _ cases: Int, _ minorUnits: Int64) throws -> DueDay {
            let amount = try #require(Money(minorUnits: minorUnits, currency: usd))
            return DueDay(
                day: ModelTests.now.dateInUTC.adding(days: offset), kind: kind, cases: cases,
                stakes: [Stake(amount: amount, cases: cases)])
        }
        let model = DeadlinesModel(
            DuePromises(
                missed: [try due(-3, .response, 2, 100), try due(0, .refund, 1, 50)],
                coming: [try due(0, .response, 4, 10), try due(14, .refund, 5, 20), try due(99, .refund, 7, 1)],
                atRisk: 1),
            urgent: [], now: ModelTests.now)
        #expect(model.stretches.count == 16)
        #expect(model.stretches[0].answers == 2 && model.stretches[0].refunds == 1)
        #expect(model.stretches[0].stakes.map(\.amount.minorUnits) == [150])
        #expect(model.stretches[0].stakes.map(\.cases) == [3])
        #expect(model.stretches[1].answers == 4 && model.stretches[15].refunds == 5)
        #expect(model.stretches.map(\.count).reduce(0, +) == 12)
        #expect(model.stretches[15].link.text == "/cases?due=2022-03-08")
    }

    @Test("what was decided and settled is told for the minutes that were watched, and no others")
    func activity() {
        var watch = ActivityWatch()
        let minute = Duration.seconds(60)
        watch.note([.inReview: 5, .approved: 2], at: ModelTests.now - minute * 2)
        watch.note([.inReview: 4, .approved: 2, .settled: 3], at: ModelTests.now - minute)
        // An archive took some: that is no activity.
        watch.note([.inReview: 4, .approved: 2, .settled: 1], at: ModelTests.now)
        let activity = watch.activity(opened: Array(repeating: 0, count: 60), at: ModelTests.now)
        #expect(activity.decided.suffix(3) == [nil, 3, 0])
        #expect(activity.settled.suffix(3) == [nil, 3, 0])
        #expect(activity.decided.dropLast(2).allSatisfy { $0 == nil })
        #expect(activity.minutes.count == 60)
    }

    @Test("what the contract does not name is masked, and what is no JSON is masked whole")
    func masking() {
        let body = Array(
            #"{"customer": {"contact": "a@b", "id": "c"}, "more": [{"token": {"x": 1}}], "contact": null}"#.utf8)
        func text(_ body: [UInt8], isRevealed: Bool = false, marked: Range<Int>? = nil) -> String {
            ShownBody(body, isRevealed: isRevealed, marked: marked).pieces
                .map { $0.isMarked ? "[\($0.text)]" : $0.text }.joined()
        }
        #expect(
            text(body)
                == #"{"customer": {"contact": (masked), "id": "c"}, "more": (masked), "contact": null}"#)
        #expect(text(body, isRevealed: true) == String(decoding: body, as: UTF8.self))
        #expect(text(Array("no json".utf8)) == "(masked)")
        #expect(text(Array("no json".utf8), isRevealed: true, marked: 0..<1) == "[n]o json")
        let place = MessagePlaces(of: body).place(of: "customer.id")
        #expect(text(body, marked: place).contains(#""id": ["c"]"#))
        let inner = MessagePlaces(of: body).place(of: "customer.contact")
        #expect(text(body, marked: inner).contains(#""contact": [(masked)]"#))
    }

    @Test("letters are grouped by code and source, and told by the hour of their death")
    func groups() {
        let letters = [
            letter("not_json", minutesAgo: 1), letter("not_json", minutesAgo: 61),
            letter("invalid_field", minutesAgo: 2),
            letter("not_json", minutesAgo: 60 * 30),
        ]
        let groups = LetterGroup.all(of: letters, at: ModelTests.now)
        #expect(groups.map(\.key.code) == ["not_json", "invalid_field"])
        #expect(groups[0].letters.map(\.record.deadAt) == groups[0].letters.map(\.record.deadAt).sorted { $0! < $1! })
        #expect(groups[0].hours.suffix(2) == [1, 1] && groups[0].hours.reduce(0, +) == 2)
        #expect(groups[0].fingerprints.count == 3)
    }

    @Test("what a replay would come to is told by the decision itself")
    func outlook() async throws {
        let test = try TestSite()
        try test.receive([TestSite.request("rr-1")])
        func outlook(_ type: String, _ body: String) async throws -> ReplayOutlook {
            let letter = letter("unknown_request", type: type, body: body)
            return try await test.site.store.read { [policies = test.site.policies] survey in
                try ReplayOutlook(of: letter, in: survey, under: policies, at: ModelTests.now)
            }
        }
        let known = TestSite.request("rr-1").1
        #expect(try await outlook("refund.requested", known) == .judged(.unchanged))
        let other = known.replacing("ORD-1042", with: "ORD-1")
        #expect(try await outlook("refund.requested", other) == .judged(.refused(.requestIDConflict)))
        let new = TestSite.request("rr-2").1
        #expect(try await outlook("refund.requested", new).isOfUse)
        let late = #"{"request_id": "rr-9", "submitted_at": "2022-02-22T09:30:01Z"}"#
        #expect(try await outlook("refund.withdrawn", late) == .judged(.untimely(.unknownRequest)))
        #expect(try await outlook("refund.wished", "{}") == .barred(.wrongSender))
        // What a person said, a person says again.
        #expect(try await outlook("refund.retried", "{}") == .barred(.saidByPerson))
        guard case .judged(.refused(.invalidField)) = try await outlook("refund.withdrawn", "{}") else {
            Issue.record("a message without its fields would be refused")
            return
        }
    }

    @Test("the place of what is wrong is found by reading the letter again")
    func wrongPlace() throws {
        let wrong = TestSite.request("rr-1").1.replacing("\"10.00\"", with: "\"ten\"")
        let range = try #require(letter("invalid_amount", body: wrong).wrongPlace(at: ModelTests.now))
        #expect(String(decoding: Array(wrong.utf8)[range], as: UTF8.self) == "\"ten\"")
        #expect(letter("not_json", body: "{\"a\" 1}").wrongPlace(at: ModelTests.now) == 5..<6)
        #expect(letter("unknown_request", body: TestSite.request("rr-1").1).wrongPlace(at: ModelTests.now) == nil)
    }

    @Test("a worker's answer is read, whatever it leaves out")
    func workers() {
        let text = """
            {"worker": "w1", "version": "0.1.0", "lanes": [{"name": "lane 1", "state": "working"}, \
            {"name": "lane 2", "state": "paused", "since": "2022-02-22T09:30:00Z", "reasons": ["the broker is away", "b"]}]}
            """
        guard case .told(let name, let version, let lanes) = WorkerStatus.Report(reading: Array(text.utf8)) else {
            Issue.record("it can't be read")
            return
        }
        #expect(name == "w1" && version == "0.1.0")
        #expect(lanes.map(\.state) == ["working", "paused"])
        #expect(lanes[1].reason == "the broker is away; b" && lanes[1].since == Instant("2022-02-22T09:30:00Z"))
        #expect(WorkerStatus.Report(reading: Array("x".utf8)) == .unreachable("its answer is not JSON"))
        #expect(WorkerStatus.Report(reading: Array("{}".utf8)) == .told(name: nil, version: nil, lanes: []))
    }

    @Test("an amount's digits stand in groups of three")
    func grouping() {
        #expect(grouped("1234567.00") == "1\u{202F}234\u{202F}567.00")
        #expect(grouped("999") == "999" && grouped("12000") == "12\u{202F}000")
    }

    private func letter(
        _ code: String, minutesAgo: Int = 0, type: String = "refund.requested", body: String = "{}"
    ) -> QueuedDeadLetter {
        var properties = Properties()
        let diedAt = ModelTests.now - .seconds(minutesAgo * 60)
        properties.headers = [
            "refund-error-code": .text(code), "refund-source-queue": .text("refund.requests"),
            "refund-dead-at": .text(diedAt.description), "refund-source-routing-key": .text(type),
            "refund-source-exchange": type == "refund.retried" ? "refund.people" : "refund.intake",
        ]
        return QueuedDeadLetter(
            Delivery(
                consumerTag: nil, tag: AMQPClient.DeliveryTag(epoch: Epoch(1), number: 1), redelivered: false,
                exchange: "refund.dead", routingKey: type, properties: properties, body: .complete(Array(body.utf8))),
            names: BrokerNames())
    }
}
