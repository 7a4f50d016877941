import RefundPolicy

extension FuzzTarget {
    /// Policy files.
    static let policies = FuzzTarget(
        name: "policies", seeds: [Array(Samples.policy.utf8), Array(Policy.standard.yaml.utf8)],
        examine: { bytes, _ in
            do throws(PolicyError) {
                let policy = try Policy(yaml: String(decoding: bytes, as: UTF8.self), fileName: "policy.yaml")
                let again = try Policy(yaml: policy.yaml, fileName: "written.yaml")
                return again == policy ? nil : "what was written reads back as another policy:\n\(policy.yaml)"
            } catch {
                if error.file == "written.yaml" { return "what was written can't be read: \(error)" }
                let tells = error.line >= 1 && error.column >= 1 && !error.problem.isEmpty && !error.remedy.isEmpty
                return tells ? nil : "the error names no place or no remedy: \(error)"
            }
        })
}
