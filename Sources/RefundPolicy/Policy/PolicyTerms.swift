/// Terms for some requests: what a version changes for those that all of its conditions hold for (contract § 5,
/// `terms`).
public struct PolicyTerms: Hashable, Sendable {
    /// How notices call them, such as `eu-consumers`.
    public let name: String
    public let when: TermsCondition
    /// The version as it is for such requests: what the terms name is changed, the rest is the version's own.
    public internal(set) var version: PolicyVersion

    /// - Parameter version: the version with the terms' changes.
    public init(name: String, when condition: TermsCondition, version: PolicyVersion) {
        self.name = name
        self.when = condition
        self.version = version
        self.version.terms = []
        self.version.termsName = name
    }
}

/// For which requests terms hold: all that is named must be so, and what is empty is not named.
public struct TermsCondition: Hashable, Sendable {
    public var services: [ServicePattern]
    /// Codes of two capital letters.
    public var countries: [String]
    public var isConsumer: Bool?
    public var segments: [String]
    public var kinds: [RefundRequest.Kind]
    public var currencies: [Currency]

    public init(
        services: [ServicePattern] = [], countries: [String] = [], isConsumer: Bool? = nil, segments: [String] = [],
        kinds: [RefundRequest.Kind] = [], currencies: [Currency] = []
    ) {
        self.services = services
        self.countries = countries
        self.isConsumer = isConsumer
        self.segments = segments
        self.kinds = kinds
        self.currencies = currencies
    }

    public func holds(for request: RefundRequest) -> Bool {
        (services.isEmpty || services.contains { $0.matches(folded: request.line.identity.service) })
            && TermsCondition.isOne(of: countries, request.traits.country)
            && (isConsumer == nil || isConsumer == request.traits.isConsumer)
            && TermsCondition.isOne(of: segments, request.traits.segment)
            && (kinds.isEmpty || kinds.contains(request.kind))
            && (currencies.isEmpty || currencies.contains(request.invoice.paid.currency))
    }
}

extension TermsCondition {
    /// Whether nothing is named, or the text is one of it in some spelling. What a request does not say is none.
    private static func isOne(of names: [String], _ text: String?) -> Bool {
        guard !names.isEmpty else { return true }
        guard let text else { return false }
        let folded = Spelling.folded(text)
        return names.contains { haveSameBytes(Spelling.folded($0), folded) }
    }
}

extension PolicyVersion {
    /// The version as it is for a request: changed by the first of its terms that matches.
    ///
    /// A return that comes too late and counts as a cancellation is judged as one (contract § 1): by the terms that a
    /// cancellation has, whatever the return's own would have been.
    public func applied(to request: RefundRequest) -> PolicyVersion {
        guard !terms.isEmpty else { return self }
        let version = changed(for: request)
        guard version.lateReturn == .cancel,
            version.isTooLate(request, submittedOn: version.timeZone.date(of: request.submittedAt))
        else { return version }
        var cancellation = request
        cancellation.kind = .cancellation
        var judging = changed(for: cancellation)
        judging.missedWindow = version.returnWindow(for: request)
        return judging
    }

    private func changed(for request: RefundRequest) -> PolicyVersion {
        if let match = terms.first(where: { $0.when.holds(for: request) }) { return match.version }
        var version = self
        version.terms = []
        return version
    }

    /// Gives the version, and what its terms make of it, another name; all of them are of one day.
    mutating func rename(_ name: String) {
        self.name = name
        for index in terms.indices {
            terms[index].version.name = name
            terms[index].version.effectiveFrom = effectiveFrom
        }
    }
}
