/// The labels of one time series, in the order of their names.
struct MetricLabels: Hashable, Sendable {
    private let pairs: [Pair]
    /// As a sample has them: `{code="not_json"}`, or nothing.
    let text: String

    private struct Pair: Hashable {
        let name: String
        let value: String
    }

    init(_ dimensions: [(String, String)]) {
        self.init(pairs: dimensions.map { Pair(name: MetricName.label($0.0), value: $0.1) })
    }

    private init(pairs: [Pair]) {
        self.pairs = pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
        let inner = self.pairs.map { "\($0.name)=\"\(ExpositionPage.escaped($0.value, quote: true))\"" }
        text = inner.isEmpty ? "" : "{\(inner.joined(separator: ","))}"
    }

    /// The same with one more.
    func with(_ name: String, _ value: String) -> MetricLabels {
        MetricLabels(pairs: pairs + [Pair(name: name, value: value)])
    }
}

/// Names that Prometheus takes.
enum MetricName {
    /// A metric's name: what is not allowed in it becomes an underscore.
    static func metric(_ name: String) -> String { allowed(name, colons: true) }

    /// A label's name.
    static func label(_ name: String) -> String { allowed(name, colons: false) }

    private static func allowed(_ name: String, colons: Bool) -> String {
        var allowed = ""
        for (index, scalar) in name.unicodeScalars.enumerated() {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": allowed.unicodeScalars.append(scalar)
            case "0"..."9" where index > 0: allowed.unicodeScalars.append(scalar)
            case ":" where colons: allowed.unicodeScalars.append(scalar)
            default: allowed += "_"
            }
        }
        return allowed.isEmpty ? "_" : allowed
    }
}
