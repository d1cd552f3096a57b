package scenarios

func (d *decoder) check(s *Scenario) {}
