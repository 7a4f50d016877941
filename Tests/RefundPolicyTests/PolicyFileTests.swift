import Foundation
import RefundPolicy
import Testing

@Suite("a policy file")
struct PolicyFileTests {
    @Test("is read as the contract's example means it")
    func example() throws {
        let policy = try examplePolicy()
        #expect(policy.name == "standard" && policy.version == "2022-02-12" && policy.timeZone == .utc)
        #expect(policy.returnWindowDays == 7)
        #expect(policy.respondWithin == .time(.seconds(3 * 86_400)))
        #expect(policy.refundWithin == .time(.seconds(14 * 86_400)))
        #expect(policy.atRisk == AtRisk(response: .time(.seconds(12 * 3_600)), refund: .time(.seconds(2 * 86_400))))
        #expect(policy.funds == FundsWindow(earliest: 1, latest: 2))
        #expect(policy.calendar == BusinessCalendar(holidays: [try day("2022-12-26")]))
        #expect(policy.returnAmount == .full && policy.lateReturn == .offer)
        #expect(policy.isReturnable && policy.isCancellable)
        let terms = try #require(policy.terms.first)
        #expect(policy.terms.count == 1 && terms.name == "excluded")
        #expect(terms.when.services == [ServicePattern("setup-fee"), ServicePattern("domain-*")])
        var excluded = policy.applied(to: try exampleRequest())
        (excluded.isReturnable, excluded.isCancellable) = (false, false)
        #expect(policy.applied(to: try exampleRequest { $0.service.id = "setup-fee" }).isReturnable == false)
        #expect(terms.version == PolicyTerms(name: "excluded", when: terms.when, version: excluded).version)
        #expect(policy.rounding == .halfUp && policy.payout == .onApproval)
        #expect(policy.reviewAbove == [try money("1000.00")])
        #expect(policy.commands == PolicyVersion.standard.commands)
    }

    @Test("a later version changes what it names, and inherits the rest, terms included")
    func inheritance() throws {
        let text = """
            name: mine
            versions:
              - effective_from: 2023-01-01
                return_window: 10d
                review_above: {USD: "5.00"}
                terms:
                  - {name: fee, when: {service: [fee]}, returnable: false}
              - effective_from: 2024-01-01
                rounding: down
                review_above: none
              - effective_from: 2025-01-01
                terms: []
            """
        let versions = try Policy(yaml: text, fileName: "policy.yaml").versions
        #expect(versions.map(\.returnWindowDays) == [10, 10, 10])
        #expect(versions.map(\.reviewAbove) == [[try money("5.00")], nil, nil])
        #expect(versions.map { $0.terms.map(\.name) } == [["fee"], ["fee"], []])
        let terms = try #require(versions[1].terms.first).version
        #expect(terms.rounding == .down && !terms.isReturnable && terms.reviewAbove == nil)
        #expect(terms.effectiveFrom == versions[1].effectiveFrom)
    }

    @Test("what a store has kept before version 2 of the contract keeps its terms for good")
    func firstReading() throws {
        let text = """
            name: standard
            versions:
              - effective_from: 2022-02-12
                return_window: 7d
                funds: {earliest: 1, latest: 2, holidays: [2022-12-26]}
                non_returnable: [setup-fee, "domain-*"]
                review_above: {USD: "1000.00"}
            """
        #expect(throws: PolicyError.self) { try Policy(yaml: text, fileName: "policy.yaml") }
        let policy = try PolicyVersion(yaml: text, fileName: "stored")
        #expect(try PolicyVersion(yaml: policy.yaml, fileName: "stored") == policy)
        func judged(_ change: (inout RefundRequest) throws -> Void) throws -> (codes: [String], refund: String?) {
            let decision = policy.judge(try exampleRequest(change))
            return (decision.codes, decision.refund?.decimal)
        }
        let inTime = try instant("2022-02-14T00:00:00Z")
        let goodsBack = try judged { ($0.kind, $0.submittedAt) = (.return, inTime) }
        #expect(goodsBack.refund == "7.00", "a return was prorated")
        #expect(try judged { ($0.kind, $0.submittedAt, $0.usage) = (.return, inTime, nil) }.refund == "10.00")
        let over = Term(startsOn: try day("2021-02-12"), endsOn: try day("2021-03-12"))
        #expect(try judged { $0.term = over }.refund == "7.00", "a term's end did not count beside a usage")
        #expect(try judged { $0.service.id = "setup-fee" }.codes == ["service_not_returnable"])
        #expect(try judged { $0.service.id = "Setup-Fee" }.codes == ["service_not_returnable"], "in all spellings")
        #expect(try judged { $0.service.id = "DOMAIN-com" }.codes == ["service_not_returnable"])
        #expect(try judged { $0.invoice.paid = try money("5000.00", "EUR") }.codes == [])
        #expect(try judged { $0.orderNumber = "\u{200B}" }.codes == [])
        #expect(try judged { $0.kind = .return }.codes == ["return_window_closed"])
        #expect(policy.calendar.holidays == [try day("2022-12-26")])
        #expect(policy.alternatives(to: try exampleRequest { $0.kind = .return }, line: .free, at: inTime).isEmpty)
    }

    @Test("what a store has kept before version 2 may exclude a service in two spellings, and is read all the same")
    func formerRepeats() throws {
        let text = """
            name: "\u{200B}"
            versions: [{effective_from: 2022-02-12, non_returnable: [setup-fee, Setup-Fee, setup-fee*]}]
            """
        let policy = try PolicyVersion(yaml: text, fileName: "stored")
        #expect(policy.firstReading?.nonReturnable.map(\.text) == ["setup-fee", "Setup-Fee", "setup-fee*"])
        #expect(try PolicyVersion(yaml: policy.yaml, fileName: "stored") == policy)
        #expect(policy.judge(try exampleRequest { $0.service.id = "SETUP-FEE" }).codes == ["service_not_returnable"])
        let none = text.replacing("[setup-fee, Setup-Fee, setup-fee*]", with: "[]")
        #expect(try PolicyVersion(yaml: none, fileName: "stored").firstReading?.nonReturnable == [])
    }

    @Test("a condition that lists nothing is refused in a file; a text that a store keeps of one is read as it held")
    func emptyConditions() throws {
        func file(_ when: String) -> String {
            """
            name: mine
            versions:
              - effective_from: 2022-01-01
                terms: [{name: all, when: \(when), returnable: false}]
            """
        }
        for name in ["service", "country", "segment", "kind", "currency"] {
            let error = #expect(throws: PolicyError.self, "\(name)") {
                try Policy(yaml: file("{\(name): []}"), fileName: "policy.yaml")
            }
            #expect(error?.field == "versions[0].terms[0].when.\(name)")
        }
        #expect(throws: PolicyError.self) { try Policy(yaml: file("{}"), fileName: "policy.yaml") }
        let stored = try PolicyVersion(yaml: "contract: 2\n" + file("{}"), fileName: "stored")
        #expect(stored.applied(to: try exampleRequest()).termsName == "all")
        #expect(try PolicyVersion(yaml: stored.yaml, fileName: "stored") == stored)
    }

    @Test("terms may ask for all that the contract names, and change the window's days and its beginning")
    func terms() throws {
        let text = """
            name: mine
            versions:
              - effective_from: 2022-01-01
                terms:
                  - name: eu-consumers
                    when: {country: [AT, "DE"], consumer: true, segment: [plus], kind: [return], currency: [EUR, USD]}
                    return_window: 14d
                    return_window_rolls: true
                    return_window_from: contract
                    proof: optional
                    respond_within: 3bd
                    calendar: {weekend: [fri, sat]}
            """
        let policy = try Policy(yaml: text, fileName: "policy.yaml")
        #expect(try Policy(yaml: policy.yaml, fileName: "written") == policy)
        let version = policy.versions[0]
        func named(_ change: (inout RefundRequest) throws -> Void) throws -> String? {
            version.applied(
                to: try exampleRequest {
                    $0.kind = .return
                    $0.traits = CustomerTraits(country: "de", isConsumer: true, segment: "Plus")
                    try change(&$0)
                }
            ).termsName
        }
        #expect(try named { _ in } == "eu-consumers")
        #expect(try named { $0.traits.country = "FR" } == nil)
        #expect(try named { $0.traits.country = nil } == nil)
        #expect(try named { $0.traits.isConsumer = false } == nil)
        #expect(try named { $0.traits.isConsumer = nil } == nil)
        #expect(try named { $0.traits.segment = "basic" } == nil)
        #expect(try named { $0.kind = .cancellation } == nil)
        #expect(try named { $0.invoice.paid = try money("1", "GBP") } == nil)
        let terms = try #require(version.terms.first).version
        #expect(terms.calendar.weekend == [.fri, .sat] && terms.respondWithin == .businessDays(3))
        #expect(terms.returnWindowRolls && terms.returnWindowFrom == .contract && terms.proof == .optional)
    }

    @Test("may say business days wherever a time for people stands, and to acknowledge requests")
    func businessDays() throws {
        let text = """
            name: mine
            versions:
              - effective_from: 2022-01-01
                acknowledge: true
                respond_within: 3bd
                refund_within: 10bd
                at_risk: {response: 1bd, refund: 2bd}
                cooling_off: 1bd
                commands: {reply_within: 2bd}
              - effective_from: 2023-01-01
                terms: [{name: quiet, when: {kind: [return]}, acknowledge: false}]
            """
        let policy = try Policy(yaml: text, fileName: "policy.yaml")
        #expect(try Policy(yaml: policy.yaml, fileName: "written") == policy)
        let version = policy.versions[1]
        #expect(version.acknowledges && version.terms.first?.version.acknowledges == false)
        #expect(version.respondWithin == .businessDays(3) && version.refundWithin == .businessDays(10))
        #expect(version.atRisk == AtRisk(response: .businessDays(1), refund: .businessDays(2)))
        #expect(version.coolingOff == .businessDays(1) && version.commands.replyWithin == .businessDays(2))
        #expect(!PolicyVersion.standard.acknowledges)
    }

    @Test("takes what it leaves out from the standard policy")
    func defaults() throws {
        let text =
            "name: mine\nversions: [{effective_from: 2023-01-01}, {effective_from: 2024-01-01, at_risk: {refund: 1d}}]"
        let policy = try Policy(yaml: text, fileName: "policy.yaml")
        var first = PolicyVersion.standard
        first.name = "mine"
        first.effectiveFrom = try day("2023-01-01")
        var second = first
        second.effectiveFrom = try day("2024-01-01")
        second.atRisk.refund = .time(.seconds(86_400))
        #expect(policy.versions == [first, second])
    }

    @Test(
        "may be written as any YAML or JSON editor leaves it",
        arguments: [
            "{\"name\":\"standard\",\"versions\":[{\"effective_from\":\"2022-02-12\"}]}",
            "\u{FEFF}name: standard\r\nversions:\r\n- effective_from: 2022-02-12\r\n",
            "%YAML 1.1\n---\n# a comment with *stars* & more\nname: \"standard\"\nversions:\n- effective_from: '2022-02-12'\n...\n",
            "name: >-\n  standard\nversions:\n  -\n    effective_from: 2022-02-12",
        ])
    func forms(_ text: String) throws {
        #expect(try Policy(yaml: text, fileName: "policy.yaml") == .standard)
    }

    @Test(
        "in its canonical text reads back as an equal policy, and gives the same text", arguments: [51, 52] as [UInt64])
    func roundTrip(_ seed: UInt64) throws {
        var cases = RandomCases(seed: seed)
        for _ in 0..<200 {
            let version = try cases.policy()
            let read = try PolicyVersion(yaml: version.yaml, fileName: "snapshot")
            #expect(read == version, "seed \(seed): \(version.yaml)")
            #expect(read.yaml == version.yaml, "seed \(seed)")
            #expect(Array(read.name.utf8) == Array(version.name.utf8), "seed \(seed)")
        }
    }

    @Test("with many versions reads back as an equal policy")
    func manyVersions() throws {
        var cases = RandomCases(seed: 61)
        let versions = try (0..<40).map { index in
            var version = try cases.policy()
            version.effectiveFrom = CalendarDate(dayNumber: Int32(19_000 + index))
            return version
        }
        let policy = try #require(Policy(name: "long", versions: versions))
        #expect(try Policy(yaml: policy.yaml, fileName: "policy.yaml") == policy)
        #expect(throws: PolicyError.self) { try PolicyVersion(yaml: policy.yaml, fileName: "policy.yaml") }
    }

    @Test("that means harm is an error, soon", arguments: hostileFiles.indices)
    func hostile(_ index: Int) {
        #expect(throws: PolicyError.self) { try Policy(yaml: hostileFiles[index], fileName: "policy.yaml") }
    }

    @Test("torn at any byte, or with any byte changed, is read or is an error", arguments: [71] as [UInt64])
    func torn(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = Array(contractExample.utf8)
        for count in bytes.indices {
            _ = try? Policy(yaml: String(decoding: bytes[..<count], as: UTF8.self), fileName: "policy.yaml")
        }
        let marks = Array("&*!|>'\"%@`{}[],:?-#\n\t \\~\u{1}".utf8)
        for _ in 0..<2_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: changed.indices, using: &random)] = marks.randomElement(using: &random) ?? 0
            }
            _ = try? Policy(yaml: String(decoding: changed, as: UTF8.self), fileName: "policy.yaml")
        }
    }

    @Test("holds no more than its limits")
    func limits() throws {
        func refusal(_ text: String) -> PolicyError? {
            do {
                _ = try Policy(yaml: text, fileName: "policy.yaml")
                return nil
            } catch {
                return error
            }
        }
        func lines(_ count: Int, _ line: (Int) -> String) -> String {
            (0..<count).map(line).joined()
        }
        func date(_ index: Int) -> String { CalendarDate(dayNumber: Int32(10_000 + index)).description }
        let start = "name: standard\nversions:\n"
        let version = "  - effective_from: 2022-02-12\n"
        #expect(refusal("#" + String(repeating: " ", count: 1 << 20))?.problem.contains("1048576") == true)
        #expect(refusal(start + version + "#" + String(repeating: " ", count: 1_000_000)) == nil)
        #expect(refusal(start + lines(1_000) { "  - effective_from: \(date($0))\n" }) == nil)
        #expect(refusal(start + lines(1_001) { "  - effective_from: \(date($0))\n" })?.field == "versions")
        let terms = start + version + "    terms:\n"
        #expect(refusal(terms + lines(1_000) { "    - {name: t\($0), when: {service: [a]}}\n" }) == nil)
        #expect(
            refusal(terms + lines(1_001) { "    - {name: t\($0), when: {service: [a]}}\n" })?.field
                == "versions[0].terms")
        let patterns = terms + "    - name: many\n      when:\n        service:\n"
        #expect(refusal(patterns + lines(10_000) { "        - service-\($0)\n" }) == nil)
        #expect(
            refusal(patterns + lines(10_001) { "        - service-\($0)\n" })?.field
                == "versions[0].terms[0].when.service")
        let holidays = start + version + "    calendar:\n      holidays:\n"
        #expect(refusal(holidays + lines(10_000) { "      - \(date($0))\n" }) == nil)
        #expect(refusal(holidays + lines(10_001) { "      - \(date($0))\n" })?.field == "versions[0].calendar.holidays")
    }
}

/// Files that are deep, that repeat themselves without end, or that are no policy at all.
private let hostileFiles: [String] = [
    String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
    String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
    String(repeating: "a: &b\n", count: 1_000), "name: *x", "&a [*a]", "name: !!binary x\nversions: []",
    (0..<30).map { "k\($0): &k\($0) [\($0 > 0 ? "*k\($0 - 1), *k\($0 - 1)" : "x")]" }.joined(separator: "\n"),
    (0..<30).map { "? &k\($0) [\($0 > 0 ? "*k\($0 - 1), *k\($0 - 1)" : "x")]\n: y" }.joined(separator: "\n"),
    "? &a [x]\n: y\n? [*a, *a]\n: z", "a: b\n---\nc: d", "\u{0}", "name: \u{1}", "\"", "'", "{", "[}", "\t- a",
    "a: b: c",
    "!", "%", "@", "`", "|", "<<: {}", "? [a]\n: b", "-", "[]", "{}", "5", "", "   ", "# only a comment", "---",
    "~",
    "name: \"\\uD800\"", "name: \"\\x00\"\nversions: []",
]
