extension Policy {
    /// The policy as a policy file: every field written out, always in the same order and form, so that equal policies
    /// give equal texts. What was read from a file reads back as an equal policy.
    public var yaml: String {
        versions.reduce("name: \(yamlText(name))\nversions:\n") { $0 + $1.yamlEntry }
    }
}

extension PolicyVersion {
    /// The version as a text of its own; it is what a case is kept by.
    public var yaml: String {
        (firstReading == nil ? "contract: 2\n" : "") + Policy(only: self).yaml
    }

    /// Reads what `yaml` wrote, and what stores have kept before version 2 of the contract, which is without `contract`
    /// and read by the first reading.
    ///
    /// - Throws: `PolicyError` for a wrong text, or one with more versions than one.
    public init(yaml: String, fileName: String) throws(PolicyError) {
        let document = try PolicyFileDocument(yaml: yaml, fileName: fileName)
        let members = ["contract", "name", "versions"]
        let contract = try PolicyFileField(document: document, form: .stored).members(members)["contract"]
        if let contract { _ = try contract.integer(in: 2...2) }
        let file = PolicyFileField(document: document, form: contract == nil ? .storedBefore : .stored)
        let policy = try file.policy(try file.members(members))
        guard policy.versions.count == 1, let version = policy.versions.first else {
            throw PolicyError(
                file: fileName, line: 1, column: 1, field: "versions",
                problem: "there are \(policy.versions.count) versions where one is expected",
                remedy: "keep the one that applies")
        }
        self = version
    }

    /// What a version of before has instead of what it could not say.
    mutating func readByFirstReading() {
        firstReading = FirstReading(nonReturnable: [])
        returnAmount = .remaining
        lateReturn = .reject
    }

    fileprivate var yamlEntry: String {
        let lines = yamlFields.map { "    \($0.name): \($0.value)\n" }.joined()
        let terms = firstReading != nil ? "" : self.terms.isEmpty ? "    terms: []\n" : "    terms:\n" + yamlTerms
        return "  - effective_from: \(effectiveFrom)\n" + lines + terms
    }

    /// Of each of the terms only what they change.
    private var yamlTerms: String {
        let own = yamlFields
        return terms.map { terms in
            let changed = zip(terms.version.yamlFields, own).filter { $0.value != $1.value }.map(\.0)
            return "      - name: \(yamlText(terms.name))\n        when: {\(terms.when.yamlFields)}\n"
                + changed.map { "        \($0.name): \($0.value)\n" }.joined()
        }.joined()
    }

    /// Every field but `effective_from` and `terms`, always in the same order.
    private var yamlFields: [(name: String, value: String)] {
        let holidays = list(calendar.holidays.map(\.description))
        let weekend = list(calendar.weekend.map(\.name))
        let limits = reviewAbove.map { limits in "{\(list(limits.map { "\($0.currency.code): \"\($0.decimal)\"" }))}" }
        let former: [(name: String, value: String)?] = [
            firstReading.map { ("non_returnable", "[\(list($0.nonReturnable.map { yamlText($0.text) }))]") }
        ]
        let isFirst = firstReading != nil
        let fields: [(name: String, value: String)?] = [
            ("time_zone", timeZone.identifier),
            isFirst ? nil : ("calendar", "{weekend: [\(weekend)], holidays: [\(holidays)]}"),
            ("return_window", "\(returnWindowDays)\(returnWindowCounts == .business ? "bd" : "d")"),
            isFirst ? nil : ("return_window_rolls", "\(returnWindowRolls)"),
            isFirst ? nil : ("return_window_from", returnWindowFrom.rawValue),
            isFirst ? nil : ("return_amount", returnAmount.rawValue),
            isFirst ? nil : ("late_return", lateReturn.rawValue),
            isFirst ? nil : ("proof", proof.rawValue),
            isFirst ? nil : ("acknowledge", "\(acknowledges)"),
            ("respond_within", respondWithin.policyText),
            ("refund_within", refundWithin.policyText),
            ("at_risk", "{response: \(atRisk.response.policyText), refund: \(atRisk.refund.policyText)}"),
            (
                "funds",
                "{earliest: \(funds.earliest), latest: \(funds.latest)\(isFirst ? ", holidays: [\(holidays)]" : "")}"
            ),
            isFirst ? nil : ("returnable", "\(isReturnable)"),
            isFirst ? nil : ("cancellable", "\(isCancellable)"),
            ("rounding", rounding.rawValue),
            ("payout", payout.rawValue),
            ("cooling_off", coolingOff.policyText),
            ("review_above", limits ?? "none"),
            ("commands", "{\(commands.yamlFields)}"),
        ]
        return (fields + former).compactMap(\.self)
    }
}

extension TermsCondition {
    fileprivate var yamlFields: String {
        let conditions: [(String, [String])] = [
            ("service", services.map { yamlText($0.text) }), ("country", countries.map(yamlText)),
            ("segment", segments.map(yamlText)), ("kind", kinds.map(\.rawValue)), ("currency", currencies.map(\.code)),
        ]
        let consumer = isConsumer.map { ["consumer: \($0)"] } ?? []
        return list(conditions.filter { !$0.1.isEmpty }.map { "\($0.0): [\(list($0.1))]" } + consumer)
    }
}

extension CommandTerms {
    fileprivate var yamlFields: String {
        let backoff = list([
            "first: \(backoff.first.policyText)", "factor: \(numberText(backoff.factor))",
            "cap: \(backoff.cap.policyText)", "jitter: \(numberText(backoff.jitter))",
        ])
        return list([
            "reply_within: \(replyWithin.policyText)", "backoff: {\(backoff)}", "max_attempts: \(maxAttempts)",
        ])
    }
}

private func list(_ items: [String]) -> String {
    items.joined(separator: ", ")
}

/// A text as YAML reads it back: bare where it is a plain word, else in double quotes with escapes.
private func yamlText(_ text: String) -> String {
    let isWord = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
    let startsWithLetter = text.utf8.first.map { $0 >= UInt8(ascii: "A") } == true
    if isWord, startsWithLetter, !looksLikeNumberOrTruth(text) { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": quoted += "\\\(scalar)"
        case " "..."~": quoted.unicodeScalars.append(scalar)
        default:
            let hexadecimal = String(scalar.value, radix: 16, uppercase: true)
            quoted += "\\U" + String(repeating: "0", count: max(0, 8 - hexadecimal.utf8.count)) + hexadecimal
        }
    }
    return quoted + "\""
}
