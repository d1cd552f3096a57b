package scenarios

// CheckSpec is the verdict wanted of one check.
type CheckSpec struct {
	Name     string      `yaml:",key" vocabulary:"checks"`
	Want     CheckWant   `yaml:"want" default:"report" enum:"valid,invalid,sometimes,report" doc:"sometimes: a sweep needs at least one invalid seed; report never changes the exit code"`
	Unknown  UnknownWant `yaml:"unknown" default:"fail" enum:"fail,allow" doc:"what an undecided check means"`
	Within   Duration    `yaml:"within" derived:"the convergence bound" doc:"convergence, cart: time after the heal"`
	Strict   bool        `yaml:"strict" default:"false" doc:"cart: a deleted item that resurfaces is invalid"`
	Model    string      `yaml:"model" vocabulary:"models" derived:"by versioning" doc:"linearizable: what the keys promise"`
	MaxSteps int         `yaml:"max_steps" range:"1.." derived:"limits.checker_steps" doc:"linearizable: budget in checker steps"`

	// Named tells that the scenario names the check; others are judged as far
	// as they apply.
	Named bool `yaml:"-"`
}

// CheckWant is the verdict wanted of a check.
type CheckWant string

// The values of CheckWant.
const (
	WantValid     CheckWant = "valid"
	WantInvalid   CheckWant = "invalid"
	WantSometimes CheckWant = "sometimes"
	WantReport    CheckWant = "report"
)

// UnknownWant says what an undecided check means.
type UnknownWant string

// The values of UnknownWant.
const (
	UnknownFail  UnknownWant = "fail"
	UnknownAllow UnknownWant = "allow"
)

// defaultChecks are judged where a scenario names none.
func defaultChecks() []CheckSpec {
	return []CheckSpec{
		{Name: "lost-writes", Want: WantValid, Unknown: UnknownFail},
		{Name: "convergence", Want: WantValid, Unknown: UnknownFail},
		{Name: "linearizable", Want: WantReport, Unknown: UnknownFail},
		{Name: "placement", Want: WantReport, Unknown: UnknownFail},
	}
}
