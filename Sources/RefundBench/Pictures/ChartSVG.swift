internal import Foundation

extension Chart {
    private static let width = 760.0
    private static let height = 400.0
    private static let plot = (left: 78.0, right: 550.0, top: 52.0, bottom: 330.0)

    /// The picture, readable on light and dark grounds; text and lines only.
    var svg: String {
        let parts =
            ["<title>\(Chart.escaped(title))</title>", Chart.style, text(title, x: 16, y: 28, class: "title")]
            + verticalAxis + horizontalAxis + series.enumerated().flatMap { lines(of: $1, number: $0) }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Chart.width)) \(Int(Chart.height))" \
            width="\(Int(Chart.width))" height="\(Int(Chart.height))" role="img">
            \(parts.joined(separator: "\n"))
            </svg>

            """
    }

    private static let style = """
        <style>
        svg { color: #1f2328; background: #ffffff }
        text { font: 13px sans-serif; fill: currentColor }
        .title { font-weight: 600; font-size: 15px }
        .grid { stroke: currentColor; stroke-opacity: 0.15 }
        .line { fill: none; stroke-width: 2 }
        .s0 { stroke: #0969da } .s1 { stroke: #bc4c00 } .s2 { stroke: #1a7f37 } .s3 { stroke: #8250df }
        .f0 { fill: #0969da } .f1 { fill: #bc4c00 } .f2 { fill: #1a7f37 } .f3 { fill: #8250df }
        @media (prefers-color-scheme: dark) {
        svg { color: #e6edf3; background: #0d1117 }
        .s0 { stroke: #58a6ff } .s1 { stroke: #f0883e } .s2 { stroke: #3fb950 } .s3 { stroke: #bc8cff }
        .f0 { fill: #58a6ff } .f1 { fill: #f0883e } .f2 { fill: #3fb950 } .f3 { fill: #bc8cff }
        }
        </style>
        """

    // MARK: Axes

    private var verticalAxis: [String] {
        let middle = (Chart.plot.top + Chart.plot.bottom) / 2
        let label = """
            <text x="18" y="\(Chart.place(middle))" text-anchor="middle" \
            transform="rotate(-90 18 \(Chart.place(middle)))">\(Chart.escaped(yTitle))</text>
            """
        return [label]
            + ticks.flatMap { tick in
                let height = y(tick)
                let decimals = tick == 0 || tick >= 1 ? 0 : tick >= 0.1 ? 1 : 2
                return [
                    line(from: (Chart.plot.left, height), to: (Chart.plot.right, height), class: "grid"),
                    text(
                        FigureText.number(tick, decimals: decimals), x: Chart.plot.left - 8, y: height + 4,
                        anchor: "end"),
                ]
            }
    }

    private var horizontalAxis: [String] {
        let middle = (Chart.plot.left + Chart.plot.right) / 2
        return categories.enumerated().map { number, name in
            text(name, x: x(number), y: Chart.plot.bottom + 22, anchor: "middle")
        } + [text(xTitle, x: middle, y: Chart.plot.bottom + 48, anchor: "middle")]
    }

    // MARK: Series

    private func lines(of series: Series, number: Int) -> [String] {
        let color = number % 4
        let places = series.points.enumerated().compactMap { place, point in
            point.map { (x: x(place), point: $0) }
        }
        let path = places.map { "\(Chart.place($0.x)),\(Chart.place(y($0.point.median)))" }.joined(separator: " ")
        var parts = ["<polyline class=\"line s\(color)\" points=\"\(path)\"/>"]
        for (x, point) in places {
            parts.append(line(from: (x, y(point.least)), to: (x, y(point.most)), class: "line s\(color)"))
            parts.append(
                "<circle class=\"f\(color)\" cx=\"\(Chart.place(x))\" cy=\"\(Chart.place(y(point.median)))\" r=\"4\"/>")
        }
        let height = Chart.plot.top + 14 + Double(number) * 24
        parts.append("<circle class=\"f\(color)\" cx=\"574\" cy=\"\(Chart.place(height - 4))\" r=\"4\"/>")
        parts.append(text(series.name, x: 586, y: height))
        return parts
    }

    private func x(_ category: Int) -> Double {
        let step = (Chart.plot.right - Chart.plot.left) / Double(max(1, categories.count))
        return Chart.plot.left + step * (Double(category) + 0.5)
    }

    private func y(_ value: Double) -> Double {
        let ticks = ticks
        let (low, high) = (ticks.first ?? 0, ticks.last ?? 1)
        let share: Double
        switch scale {
        case .linear: share = (value - low) / (high - low)
        case .logarithmic: share = log(max(value, low) / low) / log(high / low)
        }
        return Chart.plot.bottom - share * (Chart.plot.bottom - Chart.plot.top)
    }

    // MARK: Elements

    private func line(from start: (Double, Double), to end: (Double, Double), class name: String) -> String {
        """
        <line class="\(name)" x1="\(Chart.place(start.0))" y1="\(Chart.place(start.1))" x2="\(Chart.place(end.0))" \
        y2="\(Chart.place(end.1))"/>
        """
    }

    private func text(_ text: String, x: Double, y: Double, anchor: String = "start", class name: String = "") -> String
    {
        let named = name.isEmpty ? "" : " class=\"\(name)\""
        return """
            <text\(named) x="\(Chart.place(x))" y="\(Chart.place(y))" \
            text-anchor="\(anchor)">\(Chart.escaped(text))</text>
            """
    }

    private static func place(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
