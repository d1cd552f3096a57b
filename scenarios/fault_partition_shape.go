package scenarios

// drawShape turns a shape into groups, sides, isolated nodes or a ring: the
// nodes are ranked by the plan's draws, and the shape cut out of that order. A
// shape that needs more nodes than there are stays; the checks report it.
func (p *Partition) drawShape(pick picker, path string) {
	if p.Shape == "" || len(pick.cluster.Nodes) < shapeNeeds(p.Shape) {
		return
	}
	order := pick.rank(path+".shape", pick.cluster.Nodes)
	n := len(order)
	group := func(from, to int) Selector { return Select(pick.inOrder(order[from:to])...) }
	switch p.Shape {
	case ShapeHalves:
		p.Groups = []Selector{group(0, n/2), group(n/2, n)}
	case ShapeMajority:
		p.Groups = []Selector{group(0, n/2+1), group(n/2+1, n)}
	case ShapeOne:
		p.Isolate = group(0, 1)
	case ShapeMinorityThird:
		p.Isolate = group(0, (n-1)/3)
	case ShapeMajoritiesRing:
		p.Ring = order
	case ShapeBridge:
		half := 1 + (n-1)/2
		p.Between = []Selector{group(1, half), group(half, n)}
	}
	p.Shape = ""
}

// shapeNeeds returns how many nodes a shape needs to cut anything.
func shapeNeeds(shape PartitionShape) int {
	switch shape {
	case ShapeHalves, ShapeOne:
		return 2
	case ShapeMajority, ShapeBridge:
		return 3
	}
	return 4 // majorities-ring, minority-third
}
