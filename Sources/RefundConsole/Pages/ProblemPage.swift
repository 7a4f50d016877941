/// The page for what went wrong.
func problemPage(_ problem: PageProblem, for viewer: Viewer) -> HTML {
    page(problem.title, in: nil, for: viewer) {
        notice(.bad, "What happened") {
            for line in problem.text.split(separator: "\n") { tag("p") { String(line) } }
        }
        tag("p") { link(Section.now.link) { "Back to what goes on now" } }
    }
}
