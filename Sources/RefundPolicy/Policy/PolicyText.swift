extension Policy {
    /// The policy as a policy file: every field written out, always in the same order and form, so that equal policies
    /// give equal texts. What was read from a file reads back as an equal policy.
    public var yaml: String {
        versions.reduce("name: \(yamlText(name))\nversions:\n") { $0 + $1.yamlEntry }
    }
}

extension PolicyVersion {
    /// The version as a policy file of its own; it is what a case is kept by.
    public var yaml: String {
        Policy(only: self).yaml
    }

    /// Reads what `yaml` wrote: a policy file with exactly one version.
    ///
    /// - Throws: `PolicyError` for a wrong file, or one with more versions than one.
    public init(yaml: String, fileName: String) throws(PolicyError) {
        let policy = try Policy(yaml: yaml, fileName: fileName)
        guard policy.versions.count == 1, let version = policy.versions.first else {
            throw PolicyError(
                file: fileName, line: 1, column: 1, field: "versions",
                problem: "there are \(policy.versions.count) versions where one is expected",
                remedy: "keep the one that applies")
        }
        self = version
    }

    fileprivate var yamlEntry: String {
        let holidays = funds.holidays.map(\.description)
        let limits = reviewAbove.map { "\($0.currency.code): \"\($0.decimal)\"" }
        return """
              - effective_from: \(effectiveFrom)
                time_zone: \(timeZone.identifier)
                return_window: \(returnWindowDays)d
                respond_within: \(respondWithin.policyText)
                refund_within: \(refundWithin.policyText)
                at_risk: {response: \(atRisk.response.policyText), refund: \(atRisk.refund.policyText)}
                funds: {earliest: \(funds.earliest), latest: \(funds.latest), holidays: [\(list(holidays))]}
                non_returnable: [\(list(nonReturnable.map { yamlText($0.text) }))]
                rounding: \(rounding.rawValue)
                payout: \(payout.rawValue)
                cooling_off: \(coolingOff.policyText)
                review_above: {\(list(limits))}
                commands: {\(commands.yamlFields)}

            """
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
