import RefundPolicy
import Testing

/// A wrong file, and where and how it is wrong.
private struct WrongFile: Sendable, CustomTestStringConvertible {
    let yaml: String
    let line: Int
    let column: Int
    let field: String
    let problem: String

    var testDescription: String { "\(field): \(problem)" }

    /// A file as a whole.
    init(_ yaml: String, _ line: Int, _ column: Int, _ field: String, _ problem: String) {
        (self.yaml, self.line, self.column, self.field, self.problem) = (yaml, line, column, field, problem)
    }

    /// A file that is right but for one line of its only version, which is line 4, from column 5 on.
    init(version line: String, at column: Int, _ field: String, _ problem: String) {
        let yaml = "name: standard\nversions:\n  - effective_from: 2022-02-12\n    \(line)\n    payout: on_approval\n"
        self.init(yaml, 4, column, field.isEmpty ? "versions[0]" : "versions[0].\(field)", problem)
    }

    static let documents: [WrongFile] = [
        WrongFile("", 1, 1, "", "the file is empty"),
        WrongFile("standard", 1, 1, "", "expected fields, found the value \"standard\""),
        WrongFile("- a", 1, 1, "", "expected fields, found a list"),
        WrongFile("versions: []", 1, 1, "name", "missing"),
        WrongFile("name: standard", 1, 1, "versions", "missing"),
        WrongFile("name: standard\nversions: []", 2, 11, "versions", "no version"),
        WrongFile("name: standard\nversions: {}", 2, 11, "versions", "expected a list of versions, found fields"),
        WrongFile("name: standard\nversions:\n- 2022-02-12", 3, 3, "versions[0]", "expected fields"),
        WrongFile("name: standard\nversions:\n- time_zone: UTC", 3, 3, "versions[0].effective_from", "missing"),
        WrongFile("name: standard\nversion: 1", 2, 1, "version", "no such field"),
        WrongFile("name: 5\nversions: []", 1, 7, "name", "\"5\" without quotes is not text"),
        WrongFile("name: true\nversions: []", 1, 7, "name", "without quotes is not text"),
        WrongFile("name:\nversions: []", 1, 6, "name", "has no value"),
        WrongFile("name: \" \"\nversions: []", 1, 7, "name", "empty"),
        WrongFile("name: \"a\\nb\"\nversions: []", 1, 7, "name", "control character"),
        WrongFile("name: [a]\nversions: []", 1, 7, "name", "expected one value, found a list"),
        WrongFile("name: \(String(repeating: "n", count: 129))\nversions: []", 1, 7, "name", "longer than 128"),
        WrongFile("name: !!str a\nversions: 1", 2, 11, "versions", "expected a list"),
        WrongFile("name: !secret a\nversions: []", 1, 7, "name", "the tag \"!secret\""),
        WrongFile("name: a\nname: b", 2, 1, "name", "written twice"),
        WrongFile(
            "name: a\nversions:\n- effective_from: 2022-02-12\n  funds:\n    latest: 2\n    latest: 3", 6, 5,
            "versions[0].funds.latest", "written twice"),
        WrongFile("a: {b: 1, b: 2}\nc: {d: 1, \"d\": 2}", 1, 11, "a.b", "written twice"),
        WrongFile("name: &n a\nversions: [*n]", 2, 12, "", "the alias *n"),
        WrongFile("name: *n", 1, 7, "", "undefined alias"),
        WrongFile("name: a\n---\nname: b", 2, 1, "", "another document"),
        WrongFile("name: a\nversions: [", 3, 1, "", "no YAML"),
        WrongFile("name: a\n\tversions: []", 2, 1, "", "no YAML"),
        WrongFile("name: a\nversions: \u{7}", 2, 11, "", "control character, U+7"),
        WrongFile(
            "name: a\nversions:\n- effective_from: 2022-02-12\n- effective_from: 2022-02-12", 4, 19,
            "versions[1].effective_from", "two versions take effect on 2022-02-12"),
        WrongFile(
            "name: a\nversions:\n- effective_from: 2022-02-12\n- effective_from: 2022-02-11", 4, 19,
            "versions[1].effective_from", "2022-02-11 comes before 2022-02-12"),
        WrongFile(
            "name: a\nversions:\n- effective_from: 2022-02-30", 3, 19, "versions[0].effective_from", "is no date"),
    ]

    static let versions: [WrongFile] = [
        WrongFile(version: "window: 7d", at: 5, "window", "no such field"),
        WrongFile(version: "payout: never", at: 13, "payout", "is not known").repeatedKey,
        WrongFile(version: "time_zone: Mars/Olympus", at: 16, "time_zone", "there is no time zone \"Mars/Olympus\""),
        WrongFile(version: "time_zone: +02:00", at: 16, "time_zone", "no time zone"),
        WrongFile(version: "return_window: 168h", at: 20, "return_window", "no number of days"),
        WrongFile(version: "return_window: 7", at: 20, "return_window", "no number of days"),
        WrongFile(version: "return_window: -1d", at: 20, "return_window", "out of range"),
        WrongFile(version: "return_window: 3651d", at: 20, "return_window", "out of range"),
        WrongFile(version: "return_window: 99999999999999999999d", at: 20, "return_window", "out of range"),
        WrongFile(version: "respond_within: 3", at: 21, "respond_within", "no duration"),
        WrongFile(version: "respond_within: 3 d", at: 21, "respond_within", "no duration"),
        WrongFile(version: "respond_within: 0s", at: 21, "respond_within", "out of range"),
        WrongFile(version: "respond_within: 3651d", at: 21, "respond_within", "out of range"),
        WrongFile(version: "respond_within: 6h", at: 21, "respond_within", "at_risk.response (12h) is longer"),
        WrongFile(version: "refund_within: 1d", at: 20, "refund_within", "at_risk.refund (2d) is longer"),
        WrongFile(version: "at_risk: {response: 4d}", at: 25, "at_risk.response", "longer than respond_within (3d)"),
        WrongFile(version: "at_risk: {refund: 15d}", at: 23, "at_risk.refund", "longer than refund_within (14d)"),
        WrongFile(version: "at_risk: {response: 3bd}", at: 25, "at_risk.response", "can be longer than respond_within"),
        WrongFile(version: "at_risk: {refund: 11bd}", at: 23, "at_risk.refund", "can be longer than refund_within"),
        WrongFile(version: "at_risk: 12h", at: 14, "at_risk", "expected fields"),
        WrongFile(version: "at_risk:", at: 13, "at_risk", "expected fields, found no value"),
        WrongFile(version: "at_risk: {reply: 1h}", at: 15, "at_risk.reply", "no such field"),
        WrongFile(version: "funds: {earliest: 1.5}", at: 23, "funds.earliest", "no whole number"),
        WrongFile(version: "funds: {earliest: \"1\"}", at: 23, "funds.earliest", "the text \"1\" is no whole number"),
        WrongFile(version: "funds: {earliest: -1}", at: 23, "funds.earliest", "out of range"),
        WrongFile(version: "funds: {earliest: 3}", at: 23, "funds.earliest", "latest (2) is less than earliest (3)"),
        WrongFile(version: "funds: {latest: 0}", at: 21, "funds.latest", "latest (0) is less than earliest (1)"),
        WrongFile(version: "funds: {latest: 367}", at: 21, "funds.latest", "out of range"),
        WrongFile(version: "funds: {latest: 0x10}", at: 21, "funds.latest", "no whole number"),
        WrongFile(version: "funds: {holidays: []}", at: 13, "funds.holidays", "no such field"),
        WrongFile(
            version: "calendar: {holidays: 2022-12-26}", at: 26, "calendar.holidays", "expected a list of holidays"),
        WrongFile(version: "calendar: {holidays: [26.12.2022]}", at: 27, "calendar.holidays[0]", "no date"),
        WrongFile(
            version: "calendar: {holidays: [2022-12-26, 2022-12-26]}", at: 39, "calendar.holidays[1]", "listed twice"),
        WrongFile(version: "calendar: {weekend: [sat, sat]}", at: 31, "calendar.weekend[1]", "listed twice"),
        WrongFile(version: "calendar: {weekend: [saturday]}", at: 26, "calendar.weekend[0]", "no day of the week"),
        WrongFile(
            version: "calendar: {weekend: [mon, tue, wed, thu, fri, sat, sun]}", at: 25, "calendar.weekend",
            "6 is the most"),
        WrongFile(version: "respond_within: 0bd", at: 21, "respond_within", "no number of business days"),
        WrongFile(version: "respond_within: 3651bd", at: 21, "respond_within", "no number of business days"),
        WrongFile(version: "at_risk: {response: 0bd}", at: 25, "at_risk.response", "no number of business days"),
        WrongFile(version: "return_window_from: order", at: 25, "return_window_from", "is not known"),
        WrongFile(version: "return_window: bd", at: 20, "return_window", "no number of days"),
        WrongFile(version: "non_returnable: [a]", at: 5, "non_returnable", "no such field"),
        WrongFile(
            version: "terms: [{name: a, when: {service: setup-fee}}]", at: 39, "terms[0].when.service",
            "expected a list of services"),
        WrongFile(
            version: "terms: [{name: a, when: {service: [a, 5]}}]", at: 43, "terms[0].when.service[1]",
            "without quotes is not text"),
        WrongFile(
            version: "terms: [{name: a, when: {service: [a, A]}}]", at: 43, "terms[0].when.service[1]",
            "listed twice"),
        WrongFile(
            version: "terms: [{name: a, when: {service: [\"a*b\"]}}]", at: 40, "terms[0].when.service[0]",
            "a * before its end"),
        WrongFile(
            version: "terms: [{name: a, when: {service: [\"\"]}}]", at: 40, "terms[0].when.service[0]",
            "empty"),
        WrongFile(
            version: "terms: [{name: a, when: {service: [{a: b}]}}]", at: 40, "terms[0].when.service[0]",
            "expected one value, found fields"),
        WrongFile(
            version: "terms: [{name: a, when: {}}]", at: 29, "terms[0].when",
            "no condition"),
        WrongFile(
            version: "terms: [{name: a, when: {kind: []}}]", at: 36, "terms[0].when.kind",
            "the list is empty"),
        WrongFile(
            version: "terms: [{name: a, when: {color: [red]}}]", at: 30, "terms[0].when.color",
            "no such field"),
        WrongFile(
            version: "terms: [{name: a}]", at: 13, "terms[0].when",
            "missing"),
        WrongFile(
            version: "terms: [{when: {kind: [return]}}]", at: 13, "terms[0].name",
            "missing"),
        WrongFile(
            version: "terms: [{name: a, when: {kind: [return]}, terms: []}]", at: 47, "terms[0].terms",
            "no such field"),
        WrongFile(
            version: "terms: [{name: a, when: {kind: [return]}}, {name: a, when: {kind: [return]}}]", at: 55,
            "terms[1].name",
            "two terms have the name"),
        WrongFile(version: "returnable: yes", at: 17, "returnable", "neither true nor false"),
        WrongFile(version: "late_return: maybe", at: 18, "late_return", "is not known"),
        WrongFile(version: "return_amount: half", at: 20, "return_amount", "is not known"),
        WrongFile(version: "rounding: up", at: 15, "rounding", "\"up\" is not known"),
        WrongFile(version: "review_above: {USD: 1000.00}", at: 25, "review_above.USD", "not in quotes"),
        WrongFile(version: "review_above: {USD: \"1000.000\"}", at: 25, "review_above.USD", "more decimals"),
        WrongFile(version: "review_above: {JPY: \"1.0\"}", at: 25, "review_above.JPY", "has none"),
        WrongFile(version: "review_above: {USD: \"-1\"}", at: 25, "review_above.USD", "not a decimal"),
        WrongFile(version: "review_above: {XAU: \"1\"}", at: 20, "review_above.XAU", "no currency"),
        WrongFile(version: "review_above: {usd: \"1\"}", at: 20, "review_above.usd", "no currency"),
        WrongFile(version: "review_above: [USD]", at: 19, "review_above", "expected fields, found a list"),
        WrongFile(version: "commands: {reply_within: 0s}", at: 30, "commands.reply_within", "out of range"),
        WrongFile(version: "commands: {max_attempts: 0}", at: 30, "commands.max_attempts", "out of range"),
        WrongFile(version: "commands: {max_attempts: 1001}", at: 30, "commands.max_attempts", "out of range"),
        WrongFile(version: "commands: {max_attempts: many}", at: 30, "commands.max_attempts", "no whole number"),
        WrongFile(version: "commands: {backoff: {factor: 0.5}}", at: 34, "commands.backoff.factor", "out of range"),
        WrongFile(version: "commands: {backoff: {factor: .inf}}", at: 34, "commands.backoff.factor", "no number"),
        WrongFile(version: "commands: {backoff: {factor: 1e999}}", at: 34, "commands.backoff.factor", "out of range"),
        WrongFile(version: "commands: {backoff: {factor: two}}", at: 34, "commands.backoff.factor", "no number"),
        WrongFile(version: "commands: {backoff: {jitter: 1.1}}", at: 34, "commands.backoff.jitter", "out of range"),
        WrongFile(version: "commands: {backoff: {jitter: -0.1}}", at: 34, "commands.backoff.jitter", "out of range"),
        WrongFile(
            version: "commands: {backoff: {first: 13h}}", at: 33, "commands.backoff.first", "cap (12h) is shorter"),
        WrongFile(version: "commands: {backoff: {cap: 1s}}", at: 31, "commands.backoff.cap", "shorter than first (1m)"),
        WrongFile(version: "commands: {backoff: {base: 1s}}", at: 26, "commands.backoff.base", "no such field"),
    ]

    /// For a line whose key the version has already: it is the second that is wrong, a line further on.
    var repeatedKey: WrongFile { WrongFile(yaml, line + 1, 5, field, "written twice") }
}

@Suite("a wrong policy file")
struct PolicyErrorTests {
    @Test("is refused with its line, column and field", arguments: WrongFile.documents + WrongFile.versions)
    fileprivate func refused(_ file: WrongFile) {
        do {
            _ = try Policy(yaml: file.yaml, fileName: "policy.yaml")
            Issue.record("the file was taken for right")
        } catch {
            #expect(error.file == "policy.yaml")
            #expect(error.line == file.line && error.column == file.column, "\(error)")
            #expect(error.field == file.field, "\(error)")
            #expect(error.problem.contains(file.problem), "\(error)")
            #expect(!error.remedy.isEmpty)
        }
    }

    @Test("is described on one line that an editor can jump to")
    func description() throws {
        let yaml = "name: standard\nversions:\n  - effective_from: 2022-02-12\n    time_zone: Mars/Olympus\n"
        let error = try #require(throws: PolicyError.self) { try Policy(yaml: yaml, fileName: "policy.yaml") }
        #expect(
            error.description
                == "policy.yaml:4:16: versions[0].time_zone: there is no time zone \"Mars/Olympus\"; "
                + "write a name of the time zone database, such as UTC or Europe/Berlin")
    }

    @Test("quotes no more than a line of itself")
    func quoting() throws {
        let long = String(repeating: "x", count: 100_000)
        let key = try #require(throws: PolicyError.self) {
            try Policy(yaml: "\"a\\n\(long)\": 1", fileName: "policy.yaml")
        }
        #expect(key.description.count < 400 && !key.description.contains("\n"))
        let yaml = "name: standard\nversions: [{effective_from: \"\(long)\"}]"
        let value = try #require(throws: PolicyError.self) { try Policy(yaml: yaml, fileName: "policy.yaml") }
        #expect(value.description.count < 400)
    }
}
