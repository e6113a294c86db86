//! Whole numbers under difference constraints, at the least cost: the network simplex method.
//!
//! Rows and places are both found with it, as in Gansner, Koutsofios, North and Vo, "A technique for drawing directed graphs"
//! (1993). Costs are sums over the constraints, so the cut value of a tree edge is the sum, over the nodes beyond it, of what
//! leaves them less what reaches them.

/// `value[to] - value[from] >= length`; each unit of `value[to] - value[from]` costs `weight`.
#[derive(Clone, Copy)]
pub(crate) struct Constraint {
    pub from: usize,
    pub to: usize,
    pub length: i64,
    pub weight: i64,
}

/// Values for `count` numbers that keep all constraints at the least cost, which must exist; the least value is 0. `None` if the
/// constraints form a circle.
pub(crate) fn solve(count: usize, constraints: &[Constraint]) -> Option<Vec<i64>> {
    let mut edges = joined(constraints);
    let mut reached = vec![false; count];
    for constraint in constraints {
        reached[constraint.to] = true;
    }
    // One more node, below all that nothing is below, makes the graph connected at no cost.
    let loose = (0..count).filter(|&node| !reached[node]);
    edges.extend(loose.map(|to| Constraint {
        from: count,
        to,
        length: 0,
        weight: 0,
    }));
    let mut simplex = Simplex::new(count + 1, edges)?;
    simplex.grow_tree();
    // Degenerate steps could go round in circles: what is reached by then keeps all constraints.
    let mut limit = 20 * simplex.edges.len() + 100;
    while limit > 0 && simplex.pivot() {
        limit -= 1;
    }
    let mut values = simplex.values;
    values.truncate(count);
    let least = values.iter().min().copied().unwrap_or(0);
    Some(values.iter().map(|value| value - least).collect())
}

/// One constraint where several hold between the same two numbers: the longest, at the cost of all.
fn joined(constraints: &[Constraint]) -> Vec<Constraint> {
    let mut sorted = constraints.to_vec();
    sorted.sort_by_key(|constraint| (constraint.from, constraint.to));
    let mut joined: Vec<Constraint> = Vec::with_capacity(sorted.len());
    for constraint in sorted {
        match joined.last_mut() {
            Some(last) if (last.from, last.to) == (constraint.from, constraint.to) => {
                last.length = last.length.max(constraint.length);
                last.weight += constraint.weight;
            }
            _ => joined.push(constraint),
        }
    }
    joined
}

struct Simplex {
    edges: Vec<Constraint>,
    /// The edges at each node.
    at: Vec<Vec<usize>>,
    values: Vec<i64>,
    in_tree: Vec<bool>,
    /// Weight of the edges that leave a node less that of those that reach it.
    excess: Vec<i64>,
}

/// The tree seen from node 0.
struct Rooted {
    /// The nodes, each after its parent.
    order: Vec<usize>,
    /// The edge to each node's parent.
    parent: Vec<Option<usize>>,
    /// The sum of excesses of each node and all below it.
    sums: Vec<i64>,
}

impl Simplex {
    fn new(count: usize, edges: Vec<Constraint>) -> Option<Self> {
        let mut at = vec![Vec::new(); count];
        let mut excess = vec![0; count];
        for (number, edge) in edges.iter().enumerate() {
            at[edge.from].push(number);
            at[edge.to].push(number);
            excess[edge.from] += edge.weight;
            excess[edge.to] -= edge.weight;
        }
        let values = longest_paths(&edges, &at)?;
        Some(Simplex {
            in_tree: vec![false; edges.len()],
            edges,
            at,
            values,
            excess,
        })
    }

    fn slack(&self, edge: usize) -> i64 {
        let Constraint {
            from, to, length, ..
        } = self.edges[edge];
        self.values[to] - self.values[from] - length
    }

    /// A spanning tree of edges without slack.
    fn grow_tree(&mut self) {
        let mut inside = vec![false; self.values.len()];
        inside[0] = true;
        let mut tree = vec![0];
        let mut seen = 0;
        loop {
            while seen < tree.len() {
                let node = tree[seen];
                seen += 1;
                for index in 0..self.at[node].len() {
                    let edge = self.at[node][index];
                    let Constraint { from, to, .. } = self.edges[edge];
                    let other = from + to - node;
                    if !inside[other] && self.slack(edge) == 0 {
                        inside[other] = true;
                        self.in_tree[edge] = true;
                        tree.push(other);
                    }
                }
            }
            let leaving = (0..self.edges.len())
                .filter(|&edge| inside[self.edges[edge].from] != inside[self.edges[edge].to]);
            let Some(nearest) = leaving.min_by_key(|&edge| self.slack(edge)) else {
                return;
            };
            let upward = inside[self.edges[nearest].from];
            let shift = if upward { 1 } else { -1 } * self.slack(nearest);
            for &node in &tree {
                self.values[node] += shift;
            }
            // Its end within the tree looks around again.
            let end = if upward {
                self.edges[nearest].from
            } else {
                self.edges[nearest].to
            };
            let other = self.edges[nearest].from + self.edges[nearest].to - end;
            inside[other] = true;
            self.in_tree[nearest] = true;
            tree.push(other);
        }
    }

    fn rooted(&self) -> Rooted {
        let count = self.values.len();
        let mut parent = vec![None; count];
        let mut order = Vec::with_capacity(count);
        order.push(0);
        let mut seen = 0;
        while seen < order.len() {
            let node = order[seen];
            seen += 1;
            for &edge in &self.at[node] {
                if self.in_tree[edge] && parent[node] != Some(edge) {
                    let other = self.edges[edge].from + self.edges[edge].to - node;
                    parent[other] = Some(edge);
                    order.push(other);
                }
            }
        }
        let mut sums = self.excess.clone();
        for &node in order.iter().rev() {
            if let Some(edge) = parent[node] {
                let up = self.edges[edge].from + self.edges[edge].to - node;
                sums[up] += sums[node];
            }
        }
        Rooted {
            order,
            parent,
            sums,
        }
    }

    /// Exchanges an edge of the tree for a better one; `false` if there is none.
    fn pivot(&mut self) -> bool {
        let tree = self.rooted();
        let count = self.values.len();
        // The edge that saves most: the one with the least cut value.
        let cut = |node: usize| {
            let edge = tree.parent[node]?;
            let below = self.edges[edge].from == node;
            let cut = if below {
                tree.sums[node]
            } else {
                -tree.sums[node]
            };
            (cut < 0).then_some((cut, node, edge))
        };
        let Some((_, node, old)) = (0..count).filter_map(cut).min() else {
            return false;
        };
        // The nodes beyond the edge.
        let mut beyond = vec![false; count];
        beyond[node] = true;
        for &other in &tree.order {
            if let Some(edge) = tree.parent[other] {
                let up = self.edges[edge].from + self.edges[edge].to - other;
                beyond[other] |= beyond[up];
            }
        }
        let tail_beyond = self.edges[old].from == node;
        // An edge that crosses the other way, with the least slack.
        let entering = (0..self.edges.len())
            .filter(|&edge| {
                let Constraint { from, to, .. } = self.edges[edge];
                beyond[from] != tail_beyond && beyond[to] == tail_beyond
            })
            .min_by_key(|&edge| self.slack(edge));
        let Some(new) = entering else { return false };
        let shift = self.slack(new);
        let shift = if tail_beyond { -shift } else { shift };
        for (value, beyond) in self.values.iter_mut().zip(&beyond) {
            if *beyond {
                *value += shift;
            }
        }
        self.in_tree[old] = false;
        self.in_tree[new] = true;
        true
    }
}

/// The least values that keep all constraints, counted from those that nothing is below; `None` if there is a circle.
fn longest_paths(edges: &[Constraint], at: &[Vec<usize>]) -> Option<Vec<i64>> {
    let count = at.len();
    let mut missing = vec![0; count];
    for edge in edges {
        missing[edge.to] += 1;
    }
    let mut ready: Vec<usize> = (0..count).filter(|&node| missing[node] == 0).collect();
    let mut values = vec![i64::MIN; count];
    let mut done = 0;
    while done < ready.len() {
        let node = ready[done];
        done += 1;
        if values[node] == i64::MIN {
            values[node] = 0;
        }
        for edge in at[node].iter().map(|&edge| edges[edge]) {
            if edge.from == node {
                values[edge.to] = values[edge.to].max(values[node] + edge.length);
                missing[edge.to] -= 1;
                if missing[edge.to] == 0 {
                    ready.push(edge.to);
                }
            }
        }
    }
    (ready.len() == count).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraint(from: usize, to: usize, length: i64, weight: i64) -> Constraint {
        Constraint {
            from,
            to,
            length,
            weight,
        }
    }

    fn cost(values: &[i64], constraints: &[Constraint]) -> i64 {
        let costs = constraints.iter().map(|constraint| {
            let difference = values[constraint.to] - values[constraint.from];
            assert!(difference >= constraint.length);
            constraint.weight * difference
        });
        costs.sum()
    }

    #[test]
    fn a_late_source_is_drawn_to_its_reader() {
        let constraints = [
            constraint(0, 1, 1, 1),
            constraint(1, 2, 1, 1),
            constraint(3, 2, 1, 1),
        ];
        assert_eq!(solve(4, &constraints), Some(vec![0, 1, 2, 1]));
    }

    #[test]
    fn separate_parts_are_solved_together() {
        assert_eq!(solve(3, &[constraint(0, 1, 2, 1)]), Some(vec![0, 2, 0]));
        assert_eq!(solve(0, &[]), Some(vec![]));
    }

    #[test]
    fn a_circle_has_no_solution() {
        assert_eq!(
            solve(2, &[constraint(0, 1, 1, 1), constraint(1, 0, 1, 1)]),
            None
        );
        assert_eq!(solve(1, &[constraint(0, 0, 1, 1)]), None);
    }

    /// Against all values of a small box.
    #[test]
    fn the_cost_is_the_least() {
        let mut seed = 1_u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        for _ in 0..40 {
            let mut constraints = Vec::new();
            for to in 1..5 {
                for from in 0..to {
                    if random(2) == 0 {
                        constraints.push(constraint(from, to, random(3) as i64, random(4) as i64));
                    }
                }
            }
            let solution = solve(5, &constraints).expect("no circle");
            let found = cost(&solution, &constraints);
            let all = (0..9_usize.pow(5)).map(|code| {
                std::array::from_fn::<i64, 5, _>(|index| {
                    (code / 9_usize.pow(index as u32) % 9) as i64
                })
            });
            let kept = |values: &[i64; 5]| {
                constraints
                    .iter()
                    .all(|c| values[c.to] - values[c.from] >= c.length)
            };
            let least = all
                .filter(kept)
                .map(|values| cost(&values, &constraints))
                .min();
            assert_eq!(Some(found), least);
        }
    }
}
