/// A page of metrics in Prometheus' text format, version 0.0.4.
struct ExpositionPage {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// The lines before a family's samples.
    mutating func family(_ name: String, type: String, help: String) {
        text += "# HELP \(name) \(ExpositionPage.escaped(help, quote: false))\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: MetricLabels, _ value: Double) {
        text += "\(name)\(labels.text) \(ExpositionPage.text(of: value))\n"
    }

    /// A number as Prometheus reads it: whole ones without a fraction.
    static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }

    /// A backslash and a line feed are escaped everywhere, a quotation mark in labels.
    static func escaped(_ text: String, quote: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quote: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
